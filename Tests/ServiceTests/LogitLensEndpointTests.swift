import HTTPTypes
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

@Suite struct LogitLensEndpointTests {
    private let target = "/v1/models/vit/logit-lens"

    private static let wrong: [(String, JSONValue, String, String)] = [
        ("layers", [3], "/layers/0", "there is no layer 3"),
        ("directions", ["hart"], "/directions/0", "no class is called 'hart'; did you mean \"heart\"?"),
        ("directions", [0, 5], "/directions/1", "there is no class 5; the model has 5"),
        ("positions", [17], "/positions", "17 is outside"),
        ("component", "resid", "/component", "\"resid_pre\""),
        ("norm", "final", "/norm", "expected one of \"own\" or \"final_scale\""),
        ("top_k", 1_001, "/top_k", "from 0 to 1000"),
    ]

    private func tensor(_ answer: JSONValue, _ name: String) throws -> Tensor {
        let shape = try #require(answer.at("tensors", name, "shape")?.array).compactMap(\.int)
        let data = try #require(answer.at("tensors", name, "data")?.doubles)
        return Tensor(shape: shape, elements: data.map { Float($0) })
    }

    @Test func theLastStreamOfTheClassTokenIsThePrediction() async throws {
        let service = try await TestService.standard()
        let lens = try await service.post(target, Requests.document(["positions": "cls", "top_k": 3])).json
        #expect(lens["labels"] == ["0_pre", "1_pre", "final_post"])
        let logits = try tensor(lens, "logits")
        #expect(logits.shape == [1, 3, 1, 5])
        let run = try tensor(try await service.post("/v1/models/vit/run", Requests.document()).json, "output")
        for (ours, theirs) in zip(logits.elements.suffix(5), run.elements) { #expect(abs(ours - theirs) < 1e-5) }
        let predicted = try await service.post("/v1/models/vit/predict", Requests.document(["top_k": 3])).json
        let top = try #require(lens.at("top")?[0]?[2]?[0]?.array)
        let best = try #require(predicted.at("results")?[0]?["top"]?.array)
        #expect(top.map { $0["index"] } == best.map { $0["index"] })
        #expect(top.map { $0["label"] } == best.map { $0["label"] })
        for (ours, theirs) in zip(top, best) {
            #expect(abs((ours["probability"]?.double ?? 2) - (theirs["probability"]?.double ?? -2)) < 1e-5)
        }
    }

    @Test func chosenClassesHaveTheirLogitsAndRanks() async throws {
        let service = try await TestService.standard()
        let all = try await service.post(target, Requests.document(["top_k": 5])).json
        let some = try await service.post(target, Requests.document(["directions": ["heart", 4], "top_k": 0])).json
        #expect(some["top"] == nil)
        #expect(some["classes"]?.array?.map { $0["index"] } == [1, 4])
        let (whole, chosen) = (try tensor(all, "logits"), try tensor(some, "logits"))
        #expect(chosen.shape == [1, 3, 17, 2])
        #expect(chosen.elements == whole.gathered(axis: 3, [1, 4]).elements)
        for stream in 0..<3 {
            for position in 0..<17 {
                let order = try #require(all.at("top")?[0]?[stream]?[position]?.array).map { $0["index"]?.int }
                let ranks = try #require(some.at("ranks")?[0]?[stream]?[position]?.array).map(\.int)
                #expect(ranks == [order.firstIndex(of: 1), order.firstIndex(of: 4)])
            }
        }
    }

    @Test(arguments: [
        ("resid_mid", ["0_mid", "1_mid"]), ("resid_post", ["0_post", "1_post"]),
        ("attn_out", ["0_attn_out", "1_attn_out"]), ("mlp_out", ["0_mlp_out", "1_mlp_out"]),
    ])
    func everyComponentIsRead(_ component: String, _ labels: [String]) async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, Requests.document(["component": .string(component)])).json
        #expect(answer["labels"] == .list(labels.map { .string($0) }))
        #expect(try tensor(answer, "logits").shape == [1, 2, 17, 5])
    }

    @Test func theBiasIsTheOnlyDifferenceItMakes() async throws {
        let service = try await TestService.standard()
        for norm in ["own", "final_scale"] {
            let wish = Requests.document(["norm": .string(norm), "positions": [0, 3]])
            let plain = try tensor(try await service.post(target, wish).json, "logits").elements
            let with = try tensor(try await service.post(target, wish.setting("bias", to: true)).json, "logits")
                .elements
            let without = try tensor(
                try await service.post(target, wish.setting("bias", to: false)).json, "logits"
            ).elements
            #expect(plain == (norm == "own" ? with : without))
            #expect(with != without)
        }
    }

    @Test func severalInputsKeepTheirOrder() async throws {
        let service = try await TestService.standard()
        let pictures = [Requests.picture, Requests.otherPicture]
        let both = try tensor(
            try await service.post(target, ["inputs": .array(pictures.map { Requests.image($0) })]).json, "logits")
        for (index, picture) in pictures.enumerated() {
            let one = try tensor(try await service.post(target, Requests.document(picture: picture)).json, "logits")
            let row = both.rows(index..<(index + 1)).elements
            for (ours, theirs) in zip(row, one.elements) { #expect(abs(ours - theirs) < 1e-5) }
        }
    }

    /// Each line has its own input's part, and the last one what holds for all.
    @Test func inLinesEachInputHasItsOwn() async throws {
        let service = try await TestService.standard()
        let wish: JSONValue = [
            "inputs": .array([Requests.picture, Requests.otherPicture].map { Requests.image($0) }), "directions": [1],
            "deterministic": true,
        ]
        let whole = try await service.post(target, wish).json
        let text = try await service.post(target, wish, fields: Requests.accepting("application/x-ndjson")).text
        let lines = try text.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
        try #require(lines.count == 3)
        for index in 0..<2 {
            #expect(lines[index]["top"] == whole.at("top")?[index])
            #expect(lines[index]["ranks"] == whole.at("ranks")?[index])
            let row = try tensor(whole, "logits").rows(index..<(index + 1))
            #expect(try tensor(lines[index], "logits").elements == row.elements)
            #expect(lines[index]["labels"] == nil)
        }
        #expect(lines[2]["labels"] == whole["labels"])
        #expect(lines[2]["classes"] == whole["classes"])
        #expect(lines[2]["done"] == true)
    }

    @Test func withoutLogitsOnlyTheBestClassesCome() async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, Requests.document(["logits": false, "layers": [-1]])).json
        #expect(answer["tensors"]?.object?.isEmpty == true)
        #expect(answer["labels"] == ["final_post"])
        #expect(answer.at("top")?[0]?[0]?.count == 17)
    }

    @Test func aDryRunTellsTheShape() async throws {
        let service = try await TestService.standard()
        let wish = Requests.document(["directions": [0], "positions": "patches"])
        let dry = try await service.post(target, wish.setting("dry_run", to: true)).json
        #expect(dry.at("tensors", "logits", "shape") == [1, 3, 16, 1])
        #expect(try tensor(try await service.post(target, wish).json, "logits").shape == [1, 3, 16, 1])
    }

    @Test(arguments: wrong)
    func whatIsWrongIsTold(_ field: String, _ value: JSONValue, _ place: String, _ says: String) async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, Requests.document([:]).setting(field, to: value))
        #expect(answer.status == 400)
        let error = try #require(answer.fieldErrors.first)
        #expect(error.place == place)
        #expect(error.detail.contains(says), "\(error.detail)")
    }

    @Test func featuresCannotBeRead() async throws {
        let service = try await TestService.standard()
        let answer = try await service.post("/v1/models/features/logit-lens", Requests.document())
        #expect(answer.status == 409)
        #expect(answer.detail.contains("has no head"))
    }
}
