import Checkpoints
import HTTPTypes
import Interpretability
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

@Suite struct AttentionEndpointTests {
    private let target = "/v1/models/vit/attention"
    private let two: JSONValue = [
        "inputs": .array([Requests.image(Requests.picture), Requests.image(Requests.otherPicture)])
    ]

    private static let wrong: [(String, JSONValue, String, String)] = [
        ("layers", [2], "/layers/0", "there is no layer 2: expected 0 … 1, or −2 … −1 from the end"),
        ("heads", [0, -4], "/heads/1", "there is no head -4: expected 0 … 2"),
        ("heads", [], "/heads", "1"),
        ("from", "logits", "/from", "expected one of \"pattern\" or \"scores\""),
        ("rollout", "median", "/rollout", "\"none\""),
        ("maps", false, "/maps", "nothing is asked for"),
        ("layer", [0], "/layer", "did you mean \"layers\"?"),
    ]

    private func tensor(_ answer: JSONValue, _ name: String) throws -> Tensor {
        let shape = try #require(answer.at("tensors", name, "shape")?.array).compactMap(\.int)
        let data = try #require(answer.at("tensors", name, "data")?.doubles)
        return Tensor(shape: shape, elements: data.map { Float($0) })
    }

    /// The same maps that /run captures, layer by layer.
    @Test(arguments: ["pattern", "scores"])
    func theMapsAreTheHooks(_ source: String) async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, two.setting("from", to: .string(source))).json
        let maps = try tensor(answer, source)
        #expect(maps.shape == [2, 2, 3, 17, 17])
        let hook = source == "pattern" ? "hook_pattern" : "hook_attn_scores"
        let run = try await service.post(
            "/v1/models/vit/run", two.setting("capture", to: [["hooks": [.string("*.\(hook)")]]])
        ).json
        for layer in 0..<2 {
            let truth = try tensor(run, "blocks.\(layer).attn.\(hook)")
            #expect(maps.slice(axis: 1, layer..<(layer + 1)).reshaped(truth.shape).elements == truth.elements)
        }
        #expect(answer["grid"] == ["height": 4, "width": 4])
        #expect(answer["prefix_tokens"] == 1)
        #expect(answer["kinds"] == nil)
    }

    @Test func layersAndHeadsAreChosenInTheOrderGiven() async throws {
        let service = try await TestService.standard()
        let all = try tensor(try await service.post(target, two).json, "pattern")
        let answer = try await service.post(target, two.setting("layers", to: [-1, 0]).setting("heads", to: [2, -3]))
            .json
        let some = try tensor(answer, "pattern")
        #expect(some.shape == [2, 2, 2, 17, 17])
        #expect(some.elements == all.gathered(axis: 1, [1, 0]).gathered(axis: 2, [2, 0]).elements)
        #expect(answer["layers"] == [1, 0])
        #expect(answer["heads"] == [2, 0])
    }

    @Test func theSummaryHasEveryScoreAndTheTourEveryHeadOnce() async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, two.setting("summary", to: true).setting("maps", to: false)).json
        #expect(try #require(answer["tensors"]?.object).map(\.key) == HeadScore.all.map(\.name))
        for score in HeadScore.all { #expect(try tensor(answer, score.name).shape == [2, 2, 3]) }
        let heads = try #require(answer["tour"]?.array).flatMap { $0["heads"]?.array ?? [] }
        let places = heads.compactMap { head in head["layer"]?.int.map { ($0, head["head"]?.int ?? -1) } }
        #expect(Set(places.map { $0.0 * 3 + $0.1 }) == Set(0..<6))
        #expect(places.count == 6)
        #expect(answer.at("kinds")?.array?.map { $0.array?.count } == [3, 3])
    }

    @Test func theRolloutGoesThroughAllLayersWhicheverAreShown() async throws {
        let service = try await TestService.standard()
        for combination in ["mean", "max", "min"] {
            let wish = two.setting("rollout", to: .string(combination))
            let whole = try await service.post(target, wish).json
            let part = try await service.post(target, wish.setting("layers", to: [0]).setting("heads", to: [1])).json
            let rollout = try tensor(whole, "rollout")
            #expect(rollout.shape == [2, 17, 17])
            #expect(rollout.elements == (try tensor(part, "rollout")).elements)
            #expect(try tensor(part, "pattern").shape == [2, 1, 1, 17, 17])
        }
    }

    /// The roll-out needs every head; the maps beside it still show the chosen ones, also where those are all, turned round.
    @Test(arguments: [[2, 1, 0], [1, 1, 0], [1]])
    func aRolloutLeavesTheOrderOfHeadsAlone(_ heads: [Int]) async throws {
        let service = try await TestService.standard()
        let wish = two.setting("heads", to: .integers(heads)).setting("summary", to: true)
        let alone = try await service.post(target, wish).json
        let beside = try await service.post(target, wish.setting("rollout", to: "mean")).json
        for name in ["pattern", "entropy"] {
            #expect(try tensor(beside, name).elements == (try tensor(alone, name).elements))
        }
    }

    /// Heads are told apart by all inputs together, which lines never see.
    @Test func inLinesEachInputHasItsOwnMapsAndScores() async throws {
        let service = try await TestService.standard()
        let wish = two.setting("summary", to: true).setting("deterministic", to: true)
        let whole = try await service.post(target, wish).json
        let text = try await service.post(target, wish, fields: Requests.accepting("application/x-ndjson")).text
        let lines = try text.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
        try #require(lines.count == 3)
        for index in 0..<2 {
            for name in ["pattern", "entropy", "corner"] {
                let row = try tensor(whole, name).rows(index..<(index + 1))
                #expect(try tensor(lines[index], name).elements == row.elements, "\(name)")
            }
        }
        #expect(lines[2]["grid"] == whole["grid"])
        #expect(lines[2]["tour"] == nil)
        #expect(whole["tour"] != nil)
    }

    @Test func oneTensorAloneComesAsNpy() async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, two, fields: Requests.accepting("application/x-npy"))
        #expect(try Npy.decode(answer.bytes).shape == [2, 2, 3, 17, 17])
        let refused = try await service.post(
            target, two.setting("rollout", to: "mean"), fields: Requests.accepting("application/x-npy"))
        #expect(refused.status == 406)
    }

    @Test func aModelWithoutClassTokenHasNoMassOnOne() async throws {
        let service = try await TestService.standard()
        let answer = try await service.post("/v1/models/pooled/attention", two.setting("summary", to: true)).json
        let names = try #require(answer["tensors"]?.object).map(\.key)
        #expect(!names.contains("attention_to_cls"))
        #expect(names.contains("corner"))
        #expect(answer["prefix_tokens"] == 0)
    }

    @Test func aDryRunTellsWhatTheAnswerWouldHold() async throws {
        let service = try await TestService.standard()
        let wish = two.setting("summary", to: true).setting("rollout", to: "max")
        let real = try #require(try await service.post(target, wish).json["tensors"]?.object)
        let dry = try #require(
            try await service.post(target, wish.setting("dry_run", to: true)).json["tensors"]?.object)
        #expect(dry.map(\.key).sorted() == real.map(\.key).sorted())
        for member in dry { #expect(member.value["shape"] == real.first { $0.key == member.key }?.value["shape"]) }
    }

    @Test(arguments: wrong)
    func whatIsWrongIsTold(_ field: String, _ value: JSONValue, _ place: String, _ says: String) async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, two.setting(field, to: value))
        #expect(answer.status == 400)
        let error = try #require(answer.fieldErrors.first)
        #expect(error.place == place)
        #expect(error.detail.contains(says), "\(error.detail)")
    }
}
