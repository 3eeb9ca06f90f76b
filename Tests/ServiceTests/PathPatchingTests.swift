import ServiceTesting
import Testing
import TextNumbers
import Web

@Suite struct PathPatchingTests {
    private static let path = "/v1/models/vit/patching"
    private static let metric = JSONMember("metric", ["kind": "logit", "classes": [1]])
    private static let deep = Task { try await TestService(["vit": TinyModel(layers: 3)]) }

    private func document(
        _ key: String, _ value: JSONValue, _ more: [JSONMember] = [metric],
        clean: [UInt8] = Requests.picture, corrupt: [UInt8] = Requests.otherPicture
    ) -> JSONValue {
        .object(
            [
                JSONMember("clean", Requests.image(clean)), JSONMember("corrupt", Requests.image(corrupt)),
                JSONMember(key, value),
            ] + more)
    }

    private func ask(
        _ document: JSONValue, _ service: TestService? = nil, of model: String = "vit"
    ) async throws -> JSONValue {
        let service = if let service { service } else { try await TestService.standard() }
        let answer = try await service.post("/v1/models/\(model)/patching", document)
        #expect(answer.status == 200, "\(answer.text)")
        return try answer.json
    }

    private func metric(_ answer: JSONValue) throws -> [Double] {
        try #require(answer["tensors"]?["metric"]?["data"]?.doubles)
    }

    private func expectEqual(_ found: [Double], _ expected: [Double], _ what: String) {
        #expect(found.count == expected.count, "\(what)")
        for (one, other) in zip(found, expected) { #expect(abs(one - other) < 1e-5, "\(what): \(one), not \(other)") }
    }

    @Test(arguments: ["direct", "mlps"]) func whatIsTheSameAnywaySaysNothing(_ through: String) async throws {
        let receivers: JSONValue = .list(
            ["q", "k", "v", "pattern", "z", "result", "attn_out", "mlp_out", "post", "resid_post"].map {
                ["hook": .string($0), "layer": 1]
            })
        for receivers in [receivers, "output"] {
            let answer = try await ask(
                document(
                    "path", ["sender": [:], "receivers": receivers, "through": .string(through)],
                    corrupt: Requests.picture))
            let baseline = try #require(answer["baseline_corrupt"]?.double)
            expectEqual(try metric(answer), Array(repeating: baseline, count: 6), "\(receivers)")
            #expect(answer["flips"]?.array?.isEmpty == true)
        }
    }

    /// Behind the last layer's heads there is one way to the output, through the layer's MLP or past it.
    @Test(arguments: ["vit", "pooled", "features"]) func lastHeadsReachTheOutputAsInPatching(_ model: String)
        async throws
    {
        let along = try await ask(
            document("path", ["sender": ["layer": -1], "receivers": "output", "through": "mlps"]), of: model)
        let ordinary = try await ask(
            document("sweep", ["hook": "z", "over": ["layer", "head"], "layers": [-1]]), of: model)
        expectEqual(try metric(along), try metric(ordinary), model)
        #expect(along["axes"] == ordinary["axes"])
        let direct = try await ask(document("path", ["sender": ["layer": -1], "receivers": "output"]), of: model)
        #expect(zip(try metric(direct), try metric(along)).contains { abs($0 - $1) > 1e-4 }, "the MLP passes things on")
    }

    /// In one layer the direct path is what is left when the MLP is held as well.
    @Test func inOneLayerOnlyTheMLPLiesBetween() async throws {
        let service = try await TestService(["vit": TinyModel(layers: 1)])
        let along = try metric(
            try await ask(document("path", ["sender": ["layer": 0], "receivers": "output"]), service))
        for head in 0..<3 {
            let logit = try await byHand(
                service, head: head, [Hearing(hook: "", layer: 1)], isDirect: true)
            #expect(abs(along[head] - logit) < 1e-5, "head \(head)")
        }
        let ordinary = try metric(
            try await ask(document("sweep", ["hook": "z", "over": ["layer", "head"]]), service))
        let through = try metric(
            try await ask(document("path", ["sender": [:], "receivers": "output", "through": "mlps"]), service))
        expectEqual(through, ordinary, "through the MLP")
    }

    /// The stream behind the sender's layer hears all that it says, and passes all of it on.
    @Test func theWholeStreamHearsEverything() async throws {
        let service = try await Self.deep.value
        let path: JSONValue = [
            "sender": ["layer": 0], "receivers": [["hook": "resid_post", "layer": 0]], "through": "mlps",
        ]
        let ordinary = try metric(
            try await ask(document("sweep", ["hook": "z", "over": ["layer", "head"], "layers": [0]]), service))
        expectEqual(try metric(try await ask(document("path", path), service)), ordinary, "stream")
    }

    /// In every family: what the stream behind the first layer hears, and what leaves the last one's heads.
    @Test(arguments: TinyModel.Layout.allCases) func itFitsEveryFamily(_ layout: TinyModel.Layout) async throws {
        let service = try await TestService(["m": TinyModel(layout)])
        let ordinary = try metric(
            try await ask(document("sweep", ["hook": "z", "over": ["layer", "head"]]), service, of: "m"))
        let receivers: [JSONValue] = [[["hook": "resid_post", "layer": 0]], "output"]
        for (layer, receivers) in receivers.enumerated() {
            let path: JSONValue = [
                "sender": ["layer": .integer(Int64(layer))], "receivers": receivers, "through": "mlps",
            ]
            let along = try metric(try await ask(document("path", path), service, of: "m"))
            expectEqual(along, Array(ordinary[(3 * layer)..<(3 * layer + 3)]), "\(layout), layer \(layer)")
        }
    }

    @Test func aModelWithoutMLPsHasNoneAmongReceivers() async throws {
        let service = try await TestService(["m": TinyModel(.prismaAttentionOnly)])
        let paths = ["direct", "mlps"].map { through -> JSONValue in
            ["sender": [:], "receivers": [["hook": "v", "layer": 1]], "through": .string(through)]
        }
        let direct = try metric(try await ask(document("path", paths[0]), service, of: "m"))
        expectEqual(try metric(try await ask(document("path", paths[1]), service, of: "m")), direct, "no MLPs")
        let refused = try await service.post(
            "/v1/models/m/patching",
            document("path", ["sender": [:], "receivers": [["hook": "mlp_out", "layer": 1]]]))
        #expect(refused.status == 400 && refused.fieldErrors.first?.place == "/path/receivers/0/hook")
        #expect(refused.detail.contains("has no mlp_out"))
    }

    @Test func textsHavePathsToo() async throws {
        let service = try await CLIPService.standard()
        let texts: [JSONMember] = [
            JSONMember("clean", ["text": "a red square"]), JSONMember("corrupt", ["text": "two blue circles"]),
            JSONMember("tower", "text"), Self.metric,
        ]
        let wishes = [
            JSONMember("sweep", ["hook": "z", "over": ["layer", "head"], "layers": [-1]]),
            JSONMember("path", ["sender": ["layer": -1], "receivers": "output", "through": "mlps"]),
        ]
        var found: [[Double]] = []
        for wish in wishes {
            let answer = try await service.post("clip/patching", .object(texts + [wish]))
            #expect(answer.status == 200, "\(answer.text)")
            found.append(try metric(try answer.json))
        }
        expectEqual(found[1], found[0], "text")
    }

    /// A receiver, as a test works it out.
    struct Hearing: Sendable, CustomTestStringConvertible {
        /// Under its short name; empty for the output.
        let hook: String
        let layer: Int
        var heads: [Int]?
        var testDescription: String { "\(hook) \(layer)" }

        var wish: JSONValue {
            ["hook": .string(hook), "layer": .integer(Int64(layer)), "heads": heads.map { .integers($0) } ?? .null]
        }

        var name: String {
            let sites = [
                "mlp_out": "hook_mlp_out", "post": "mlp.hook_post", "resid_pre": "hook_resid_pre",
                "resid_mid": "hook_resid_mid", "resid_post": "hook_resid_post", "attn_out": "hook_attn_out",
            ]
            return "blocks.\(layer).\(sites[hook] ?? "attn.hook_\(hook)")"
        }

        /// Heads of these layers, and MLPs of those, are computed before it.
        var headsBefore: Int { ["mlp_out", "post", "resid_mid", "resid_post"].contains(hook) ? layer + 1 : layer }
        var mlpsBefore: Int { hook == "resid_post" ? layer + 1 : layer }
    }

    static let hearings: [[Hearing]] = [
        [Hearing(hook: "q", layer: 2, heads: [2, 0])], [Hearing(hook: "k", layer: 1)],
        [Hearing(hook: "v", layer: 2, heads: [1])], [Hearing(hook: "pattern", layer: 1, heads: [0, 1])],
        [Hearing(hook: "z", layer: 2, heads: [2])], [Hearing(hook: "attn_out", layer: 1)],
        [Hearing(hook: "mlp_out", layer: 0)], [Hearing(hook: "mlp_out", layer: 2)], [Hearing(hook: "post", layer: 1)],
        [Hearing(hook: "resid_pre", layer: 1)], [Hearing(hook: "resid_mid", layer: 2)],
        [Hearing(hook: "resid_post", layer: 1)],
        [Hearing(hook: "z", layer: 1, heads: [0]), Hearing(hook: "q", layer: 2, heads: [1])],
        [
            Hearing(hook: "mlp_out", layer: 1), Hearing(hook: "mlp_out", layer: 2),
            Hearing(hook: "v", layer: 2, heads: [0]), Hearing(hook: "v", layer: 2, heads: [2]),
        ],
        [Hearing(hook: "", layer: 3)],
    ]

    /// Each receiver's first pass, and the second one, as interventions of one request.
    @Test(arguments: hearings, ["direct", "mlps"])
    func itIsTwoPassesWithInterventions(_ hearings: [Hearing], _ through: String) async throws {
        let service = try await Self.deep.value
        let receivers: JSONValue = hearings[0].hook.isEmpty ? "output" : .list(hearings.map(\.wish))
        let answer = try await ask(
            document(
                "path",
                ["sender": ["hook": "z", "layer": 0], "receivers": receivers, "through": .string(through)]), service)
        let values = try metric(answer)
        #expect(values.count == 3)
        let baseline = try #require(answer["baseline_corrupt"]?.double)
        #expect(values.contains { abs($0 - baseline) > 1e-5 }, "something is heard")
        for head in 0..<3 {
            let logit = try await byHand(service, head: head, hearings, isDirect: through == "direct")
            #expect(abs(values[head] - logit) < 1e-5, "head \(head): \(values[head]), by hand \(logit)")
        }
    }

    /// Inputs: clean, corrupt, a first pass for each receiver, the second pass. - Returns: the logit of class 1.
    private func byHand(
        _ service: TestService, head: Int, _ hearings: [Hearing], isDirect: Bool
    ) async throws -> Double {
        var changes: [JSONValue] = []
        let copy = { (hook: String, from: Int, to: Int, heads: [Int]?) -> JSONValue in
            let heads: JSONValue = heads.map { .integers($0) } ?? .null
            return [
                "hook": .string(hook), "op": "copy", "value": ["from_input": .integer(Int64(from))],
                "where": ["inputs": [.integer(Int64(to))], "heads": heads],
            ]
        }
        let last = hearings[0].hook.isEmpty ? 2 : hearings.count + 2
        for (index, hearing) in hearings.enumerated() {
            for layer in 0..<hearing.headsBefore {
                changes.append(copy("blocks.\(layer).attn.hook_z", 1, index + 2, nil))
            }
            for layer in 0..<(isDirect ? hearing.mlpsBefore : 0) {
                changes.append(copy("blocks.\(layer).hook_mlp_out", 1, index + 2, nil))
            }
            changes.append(copy("blocks.0.attn.hook_z", 0, index + 2, [head]))
            if !hearing.hook.isEmpty { changes.append(copy(hearing.name, index + 2, last, hearing.heads)) }
        }
        let corrupt = Array(repeating: Requests.image(Requests.otherPicture), count: last)
        let run = try await service.post(
            "/v1/models/vit/run",
            ["inputs": .list([Requests.image(Requests.picture)] + corrupt), "interventions": .list(changes)])
        #expect(run.status == 200, "\(run.text)")
        let output = try #require(try run.json["tensors"]?["output"]?["data"]?.doubles)
        return try #require(output.count == 5 * (last + 1) ? output[5 * last + 1] : nil)
    }

    @Test func whatComesBeforeTheSenderHearsNothing() async throws {
        let service = try await Self.deep.value
        let answer = try await ask(
            document("path", ["sender": [:], "receivers": [["hook": "q", "layer": 1], ["hook": "z", "layer": 0]]]),
            service)
        let baseline = try #require(answer["baseline_corrupt"]?.double)
        let values = try metric(answer)
        #expect(answer["tensors"]?["metric"]?["shape"] == .integers([3, 3]))
        #expect(values[0..<3].contains { abs($0 - baseline) > 1e-5 })
        for value in values[3...] { #expect(abs(value - baseline) < 1e-6) }
    }

    @Test func theDirectionIsWhichRunIsChanged() async throws {
        let path: JSONValue = ["sender": ["heads": [2, 0]], "receivers": "output"]
        let there = try await ask(document("path", path))
        let back = try await ask(
            document(
                "path", path, [Self.metric, JSONMember("direction", "noise")], clean: Requests.otherPicture,
                corrupt: Requests.picture))
        expectEqual(try metric(back), try metric(there), "noise")
        #expect(there["axes"]?[1]?["values"] == [2, 0])
        #expect(there["path"] == ["receivers": "output", "through": "direct"])
    }

    /// The search patches several senders at once, some of which may come after the receiver.
    @Test(arguments: [0, 1]) func linesAndPicturesTellTheSameCells(_ layer: Int) async throws {
        let service = try await TestService.standard()
        let wish = document(
            "path", ["sender": [:], "receivers": [["hook": "mlp_out", "layer": .integer(Int64(layer) - 2)]]],
            [JSONMember("search", true)])
        let whole = try await ask(wish)
        #expect(whole["path"]?["receivers"]?[0] == ["hook": "mlp_out", "layer": .integer(Int64(layer))])
        let lines = try await service.post(Self.path, wish, fields: Requests.accepting("application/x-ndjson")).text
            .split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
        #expect(lines.compactMap { $0["head"] == nil ? nil : $0["metric"]?.double } == (try metric(whole)))
        #expect(lines.last?["done"]?.bool == true && lines.last?["path"] == whole["path"])
        #expect(whole["search"] != nil && lines.compactMap { $0["search"] }.first == whole["search"])
        let picture = try await service.post(Self.path, wish, fields: Requests.accepting("image/png"))
        #expect(picture.status == 200 && picture.bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]))
    }

    /// Two passes cost more than one; of senders that nobody hears there is none.
    @Test func aDryRunCountsBothPasses() async throws {
        let operations = { (receivers: JSONValue) in
            let answer = try await ask(
                document("path", ["sender": ["layer": 0], "receivers": receivers], [JSONMember("dry_run", true)]))
            #expect(answer["tensors"]?["normalised"]?["shape"] == .integers([1, 3]))
            return try #require(answer["floating_point_operations"]?.int)
        }
        let unheard = try await operations([["hook": "q", "layer": 0]])
        let direct = try await operations("output")
        let heard = try await operations([["hook": "q", "layer": 1]])
        #expect(unheard < direct && direct < heard)
    }

    static let refusals: [(path: JSONValue, more: [JSONMember], place: String, word: String)] = [
        (["sender": ["hook": "resid_pre"], "receivers": "output"], [], "/path/sender/hook", "z"),
        (["sender": ["layer": 2], "receivers": "output"], [], "/path/sender/layer", "has 2"),
        (["sender": ["heads": [1, 1]], "receivers": "output"], [], "/path/sender/heads", "twice"),
        (["sender": ["head": 0, "heads": [1]], "receivers": "output"], [], "/path/sender/heads", "both"),
        (["sender": ["layer": 0, "layers": [1]], "receivers": "output"], [], "/path/sender/layers", "both"),
        (["sender": ["position": 0], "receivers": "output"], [], "/path/sender/position", "unknown"),
        (["receivers": "output"], [], "/path/sender", "missing"),
        (["sender": [:], "receivers": []], [], "/path/receivers", "1"),
        (["sender": [:], "receivers": "logits"], [], "/path/receivers", "output"),
        (
            ["sender": [:], "receivers": [["hook": "q", "layer": 1], ["hook": "zz", "layer": 1]]], [],
            "/path/receivers/1/hook", "expected"
        ),
        (["sender": [:], "receivers": [["hook": "q", "layer": 2]]], [], "/path/receivers/0/layer", "has 2"),
        (
            ["sender": [:], "receivers": [["hook": "q", "layer": 1, "heads": [3]]]], [], "/path/receivers/0/heads",
            "has 3"
        ),
        (
            ["sender": [:], "receivers": [["hook": "post", "layer": 1, "heads": [0]]]], [], "/path/receivers/0/heads",
            "no such axis"
        ),
        (["sender": [:], "receivers": "output", "through": "heads"], [], "/path/through", "direct"),
        (["sender": [:], "receivers": "output"], [JSONMember("sweep", ["hook": "z"])], "/path", "both"),
        (.null, [], "/sweep", "path"),
    ]

    @Test(arguments: refusals.indices) func whatMakesNoSenseIsRefused(_ index: Int) async throws {
        let refusal = Self.refusals[index]
        let answer = try await TestService.standard().post(Self.path, document("path", refusal.path, refusal.more))
        #expect(answer.status == 400, "\(answer.text)")
        #expect(answer.fieldErrors.first?.place == refusal.place, "\(answer.text)")
        #expect(answer.fieldErrors.first?.detail.contains(refusal.word) == true, "\(answer.text)")
    }
}
