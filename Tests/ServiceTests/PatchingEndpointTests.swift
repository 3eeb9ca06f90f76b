import Checkpoints
import Foundation
import HTTPTypes
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

@Suite struct PatchingEndpointTests {
    private static let path = "/v1/models/vit/patching"

    private func document(
        _ sweep: JSONValue, _ more: [JSONMember] = [], clean: JSONValue = Requests.image(Requests.picture),
        corrupt: JSONValue = Requests.image(Requests.otherPicture)
    ) -> JSONValue {
        .object([JSONMember("clean", clean), JSONMember("corrupt", corrupt), JSONMember("sweep", sweep)] + more)
    }

    private func patch(_ document: JSONValue, model: String = "vit") async throws -> JSONValue {
        let answer = try await TestService.standard().post("/v1/models/\(model)/patching", document)
        #expect(answer.status == 200, "\(answer.text)")
        return try answer.json
    }

    private func data(_ answer: JSONValue, _ name: String) throws -> [Double] {
        try #require(answer["tensors"]?[name]?["data"]?.doubles)
    }

    @Test func cleanIntoCleanChangesNothing() async throws {
        let same = Requests.image(Requests.picture)
        for hook in [
            "resid_pre", "resid_mid", "resid_post", "attn_out", "mlp_out", "z", "q", "k", "v", "pattern", "post",
        ] {
            let answer = try await patch(
                document(["hook": .string(hook), "over": ["layer", "position"]], clean: same, corrupt: same))
            let baseline = try #require(answer["baseline_clean"]?.double)
            for value in try data(answer, "metric") { #expect(abs(value - baseline) < 1e-4, "\(hook)") }
            #expect(answer["flips"]?.array?.isEmpty == true)
        }
    }

    /// The whole stream carries everything.
    @Test(arguments: ["vit", "pooled", "features"]) func theWholeStreamRestoresTheCleanRun(_ model: String) async throws
    {
        let metric = JSONMember("metric", ["kind": "logit", "classes": [1]])
        let answer = try await patch(document(["hook": "resid_pre", "over": ["layer"]], [metric]), model: model)
        for value in try data(answer, "normalised") { #expect(abs(value - 1) < 1e-3, "\(value)") }
        let back = try await patch(
            document(["hook": "resid_pre", "over": ["layer"]], [metric, JSONMember("direction", "noise")]),
            model: model)
        for value in try data(back, "normalised") { #expect(abs(value) < 1e-3, "\(value)") }
    }

    /// What stands in the documents of `run` with an intervention stands in the sweep.
    @Test func aCellIsOneIntervention() async throws {
        let service = try await TestService.standard()
        let answer = try await patch(
            document(
                ["hook": "z", "over": ["head", "layer"], "positions": [0, 2]],
                [JSONMember("metric", ["kind": "probability", "classes": [2]])]))
        let table = try data(answer, "metric")
        for (head, layer) in [(0, 0), (2, 1), (1, 0)] {
            let run = try await service.post(
                "/v1/models/vit/predict",
                [
                    "inputs": [Requests.image(Requests.picture), Requests.image(Requests.otherPicture)],
                    "interventions": [
                        [
                            "hook": .string("blocks.\(layer).attn.hook_z"), "op": "copy", "value": ["from_input": 0],
                            "where": ["inputs": [1], "positions": [0, 2], "heads": [.integer(Int64(head))]],
                        ]
                    ],
                ])
            let top = try #require(try run.json["results"]?[1]?["top"]?.array)
            let probability = try #require(top.first { $0["index"]?.int == 2 }?["probability"]?.double)
            #expect(abs(probability - table[head * 2 + layer]) < 1e-5, "L\(layer)H\(head)")
        }
    }

    @Test func linesTellTheSameCells() async throws {
        let service = try await TestService.standard()
        let wish = document(["hook": "attn_out", "over": ["layer", "position"]], [JSONMember("search", true)])
        let whole = try await patch(wish)
        let lines = try await service.post(Self.path, wish, fields: Requests.accepting("application/x-ndjson")).text
            .split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
        let cells = lines.filter { $0["layer"] != nil }
        #expect(cells.compactMap { $0["metric"]?.double } == (try data(whole, "metric")))
        #expect(lines.last?["done"]?.bool == true && lines.last?["cells"]?.int == cells.count)
        #expect(lines.last?["baseline_clean"] == whole["baseline_clean"])
        #expect(lines.compactMap { $0["search"] }.first == whole["search"])
    }

    /// Of all that is patched, a set that flips the prediction and no cell of which could be left out.
    @Test func theSearchFindsAnIrreducibleSet() async throws {
        let service = try await TestService.standard()
        let pictures = (1...24).map { SmallPNG(noise: $0).bytes }
        let predictions = try await service.post(
            "/v1/models/vit/predict", ["inputs": .list(pictures.map { Requests.image($0) }), "top_k": 1])
        let said = try #require(try predictions.json["results"]?.array).map { $0["top"]?[0]?["index"]?.int ?? -1 }
        let other = try #require(said.firstIndex { $0 != said[0] }, "the pictures' answers differ")
        let answer = try await patch(
            document(
                ["hook": "resid_post", "over": ["layer", "position"]], [JSONMember("search", true)],
                clean: Requests.image(pictures[0]), corrupt: Requests.image(pictures[other])))
        let clean = try #require(answer["predictions"]?["clean"]?["index"]?.int)
        #expect(clean == said[0] && answer["predictions"]?["corrupt"]?["index"]?.int == said[other])
        let search = try #require(answer["search"])
        // The class token after the last layer is all that the head reads.
        #expect(search["found"]?.bool == true && search["size"]?.int == 1 && search["proof"]?.string == "smallest")
        #expect(search["prediction"]?["index"]?.int == clean)
    }

    @Test func itIsDrawn() async throws {
        let answer = try await TestService.standard().post(
            Self.path, document(["hook": "z", "over": ["layer", "head"]]),
            fields: Requests.accepting("image/png"))
        #expect(answer.status == 200 && answer.bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]))
        let flat = try await TestService.standard().post(
            Self.path, document(["hook": "z", "over": ["layer"]]), fields: Requests.accepting("image/png"))
        #expect(flat.status == 406 && flat.detail.contains("two axes"))
    }

    @Test func aDryRunTellsTheCells() async throws {
        let answer = try await patch(
            document(["hook": "z", "over": ["layer", "head"]], [JSONMember("dry_run", true)]))
        #expect(answer["tensors"]?["metric"]?["shape"] == .integers([2, 3]))
        #expect((answer["floating_point_operations"]?.int ?? 0) > 0)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let sweep: JSONValue
        var more: [JSONMember] = []
        let place: String
        let word: String
        var testDescription: String { "\(place): \(word)" }
    }

    static let refusals = [
        Refusal(sweep: ["hook": "zz"], place: "/sweep/hook", word: "expected"),
        Refusal(sweep: ["hook": "z", "over": ["layer", "layer"]], place: "/sweep/over", word: "twice"),
        Refusal(sweep: ["hook": "resid_pre", "over": ["head"]], place: "/sweep/over", word: "layer, position"),
        Refusal(sweep: ["hook": "z", "layers": [2]], place: "/sweep/layers", word: "has 2"),
        Refusal(sweep: ["hook": "z", "heads": [1, 1]], place: "/sweep/heads", word: "twice"),
        Refusal(sweep: ["hook": "resid_pre", "heads": [0]], place: "/sweep/heads", word: "no such axis"),
        Refusal(sweep: ["hook": "z", "positions": [99]], place: "/sweep/positions", word: "outside"),
        Refusal(
            sweep: ["hook": "z"], more: [JSONMember("metric", ["kind": "logit", "classes": [900]])],
            place: "/metric/classes/0", word: "no class 900"),
        Refusal(
            sweep: ["hook": "z"], more: [JSONMember("metric", ["kind": "logit"])], place: "/metric/classes",
            word: "one class"),
        Refusal(
            sweep: ["hook": "z"], more: [JSONMember("metric", ["kind": "kl", "classes": [1]])],
            place: "/metric/classes", word: "no class"),
        Refusal(
            sweep: ["hook": "z"], more: [JSONMember("metric", ["kind": "logit", "classes": [1], "position": 1])],
            place: "/metric/position", word: "no positions"),
        Refusal(sweep: ["hook": "z"], more: [JSONMember("saes", [])], place: "/saes", word: "unknown"),
    ]

    @Test(arguments: refusals) func whatMakesNoSenseIsRefused(_ refusal: Refusal) async throws {
        let answer = try await TestService.standard().post(Self.path, document(refusal.sweep, refusal.more))
        #expect(answer.status == 400, "\(answer.text)")
        #expect(answer.fieldErrors.first?.place == refusal.place, "\(answer.text)")
        #expect(answer.fieldErrors.first?.detail.contains(refusal.word) == true, "\(answer.text)")
    }

    @Test func aBrokenPictureIsNamedByItsField() async throws {
        let answer = try await TestService.standard().post(
            Self.path, document(["hook": "z"], corrupt: Requests.image([1, 2, 3])))
        #expect(answer.status == 415 || answer.status == 422, "\(answer.text)")
        #expect(answer.fieldErrors.first?.place == "/corrupt/image", "\(answer.text)")
    }
}
