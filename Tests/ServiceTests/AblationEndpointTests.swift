import Checkpoints
import Foundation
import HTTPTypes
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

@Suite struct AblationEndpointTests {
    private static let path = "/v1/models/vit/ablation"
    private static let metric: JSONValue = ["kind": "logit", "classes": [1]]
    private static let inputs: JSONValue = .list([Requests.picture, Requests.otherPicture].map { Requests.image($0) })

    private func document(_ sweep: JSONValue, _ more: [JSONMember] = []) -> JSONValue {
        .object(
            [
                JSONMember("inputs", Self.inputs), JSONMember("sweep", sweep), JSONMember("metric", Self.metric),
            ] + more)
    }

    private func ablate(_ document: JSONValue) async throws -> JSONValue {
        let answer = try await TestService.standard().post(Self.path, document)
        #expect(answer.status == 200, "\(answer.text)")
        return try answer.json
    }

    /// Each place gives what the same intervention gives alone.
    @Test(arguments: ["zero", "mean"]) func aPlaceIsOneIntervention(_ value: String) async throws {
        let answer = try await ablate(
            document(["hook": "z", "over": ["layer", "head"]], [JSONMember("value", .string(value))]))
        #expect(answer["tensors"]?["metric"]?["shape"] == .integers([2, 2, 3]))
        let table = try #require(answer["tensors"]?["metric"]?["data"]?.doubles)
        let run = try await TestService.standard().post(
            "/v1/models/vit/run",
            [
                "inputs": Self.inputs,
                "interventions": [["hook": "blocks.1.attn.hook_z", "op": .string(value), "where": ["heads": [2]]]],
            ])
        let output = try #require(try run.json["tensors"]?["output"])
        let classes = try #require(output["shape"]?[1]?.int)
        for input in 0..<2 {
            let logit = try #require(output["data"]?.doubles)[input * classes + 1]
            #expect(abs(table[input * 6 + 5] - logit) < 1e-4)
        }
    }

    /// With two inputs the other one is meant: what is left is the other's activation.
    @Test func resampleTakesTheOther() async throws {
        let answer = try await ablate(
            document(["hook": "resid_pre", "over": ["layer"]], [JSONMember("value", "resample")]))
        let baseline = try #require(answer["baseline"]?.doubles)
        let table = try #require(answer["tensors"]?["metric"]?["data"]?.doubles)
        for layer in 0..<2 {
            #expect(abs(table[layer] - baseline[1]) < 1e-4 && abs(table[2 + layer] - baseline[0]) < 1e-4)
        }
    }

    @Test func linesTellTheSamePlaces() async throws {
        let wish = document(["hook": "post", "over": ["neuron"], "layers": [1], "neurons": [0, 5, -1]])
        let whole = try await ablate(wish)
        #expect(whole["axes"]?[0]?["values"]?.array?.count == 3)
        let lines = try await TestService.standard()
            .post(Self.path, wish, fields: Requests.accepting("application/x-ndjson")).text
            .split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
        let places = lines.filter { $0["neuron"] != nil }
        #expect(places.compactMap { $0["metric"]?.double } == whole["tensors"]?["metric"]?["data"]?.doubles)
        #expect(places.compactMap { $0["input"]?.int } == [0, 0, 0, 1, 1, 1])
    }

    private static let refusals: [(JSONValue, String)] = [
        (["value": "zero", "over": "inputs"], "/over"), (["value": "mean", "seed": 1], "/seed"),
        (["value": "median"], "/value"), (["metric": ["kind": "logit", "classes": ["nobody"]]], "/metric/classes/0"),
        (["value": "resample", "inputs": [Requests.image(Requests.picture)]], "/inputs"),
    ]

    @Test(arguments: refusals) func whatMakesNoSenseIsRefused(_ more: JSONValue, _ place: String) async throws {
        let changed = more.object ?? []
        let base = document(["hook": "z"]).object ?? []
        let wish = base.filter { own in !changed.contains { $0.key == own.key } } + changed
        let answer = try await TestService.standard().post(Self.path, .object(wish))
        #expect(answer.status == 400 && answer.fieldErrors.first?.place == place, "\(answer.text)")
    }

    private static let kinds: [(value: String, over: String?, name: String)] = [
        ("zero", nil, "zero"), ("mean", "inputs", "mean_batch"), ("mean", "inputs_and_positions", "mean_batch_pos"),
    ]

    @Test(
        .enabled(if: Golden.shared != nil), arguments: ["timm_vit", "hf_clip_vision_proj"],
        kinds)
    func headsAreTheReferences(_ model: String, _ kind: (value: String, over: String?, name: String)) async throws {
        let reference = try GoldenAnalysis(model)
        let service = try await reference.service()
        var members = [
            JSONMember("inputs", .list([try reference.tensor(0), try reference.tensor(1)])),
            JSONMember("sweep", ["hook": "z", "over": ["layer", "head"]]),
            JSONMember("metric", reference.metric), JSONMember("value", .string(kind.value)),
        ]
        if let over = kind.over { members.append(JSONMember("over", .string(over))) }
        let answer = try await service.post("/v1/models/\(model)/ablation", .object(members))
        #expect(answer.status == 200, "\(answer.text)")
        let truth = try reference.tensor(of: "ablation", "head_ablation_\(kind.name)_logit_diff_change")
        let table = try #require(try answer.json["tensors"]?["metric"]?["data"]?.doubles)
        let baseline = try #require(try answer.json["baseline"]?.doubles)
        let cells = truth.shape[0] * truth.shape[1]
        #expect(table.count == truth.count)
        for (place, value) in table.enumerated() {
            let expected = Double(truth.elements[place % cells * 2 + place / cells])
            #expect(abs(value - baseline[place / cells] - expected) <= 9e-6 * max(1, abs(baseline[place / cells])))
        }
    }
}

/// Stored caches as values of interventions and ablations.
@Suite struct CachedValueTests {
    private func store(_ pictures: [[UInt8]], hooks: [String], _ more: [JSONMember] = []) async throws -> String {
        let answer = try await TestService.standard().post(
            "/v1/models/vit/activations",
            .object(
                [
                    JSONMember("inputs", .list(pictures.map { Requests.image($0) })),
                    JSONMember("hooks", .strings(hooks)), JSONMember("store", true),
                ] + more))
        return try #require(try answer.json["id"]?.string, "\(answer.text)")
    }

    private func output(_ intervention: JSONValue) async throws -> [Double] {
        let answer = try await TestService.standard().post(
            "/v1/models/vit/run", Requests.document(["interventions": [intervention]], picture: Requests.otherPicture))
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(try answer.json["tensors"]?["output"]?["data"]?.doubles)
    }

    private func plain(_ picture: [UInt8]) async throws -> [Double] {
        let answer = try await TestService.standard().post("/v1/models/vit/run", Requests.document(picture: picture))
        return try #require(try answer.json["tensors"]?["output"]?["data"]?.doubles)
    }

    private func expectClose(_ ours: [Double], _ truth: [Double]) {
        #expect(ours.count == truth.count && zip(ours, truth).allSatisfy { abs($0 - $1) < 1e-4 }, "\(ours) \(truth)")
    }

    @Test func aCachedStreamIsTheOtherRun() async throws {
        let id = try await store([Requests.picture], hooks: ["*.hook_resid_pre"])
        let hook: JSONValue = "blocks.1.hook_resid_pre"
        let whole = try await plain(Requests.picture)
        expectClose(try await output(["hook": hook, "op": "set", "value": ["cache": .string(id)]]), whole)
        expectClose(
            try await output([
                "hook": hook, "op": "set",
                "value": ["cache": .string(id), "hook": "resid_pre1"],
            ]), whole)
        // The mean of one input is that input.
        expectClose(try await output(["hook": hook, "op": "mean", "value": ["mean_of": .string(id)]]), whole)
    }

    @Test func ablationTakesWhatIsStored() async throws {
        let id = try await store([Requests.picture], hooks: ["*.hook_resid_pre"])
        let whole = try await plain(Requests.picture)
        for value in ["mean", "resample"] {
            let answer = try await TestService.standard().post(
                "/v1/models/vit/ablation",
                Requests.document(
                    [
                        "sweep": ["hook": "resid_pre", "over": ["layer"]], "cache": .string(id),
                        "metric": ["kind": "logit", "classes": [1]], "value": .string(value),
                    ], picture: Requests.otherPicture))
            #expect(answer.status == 200, "\(answer.text)")
            let table = try #require(try answer.json["tensors"]?["metric"]?["data"]?.doubles)
            expectClose(table, [whole[1], whole[1]])
        }
    }

    @Test func aCacheThatDoesNotFitIsRefused() async throws {
        let service = try await TestService.standard()
        let part = try await store([Requests.picture], hooks: ["*.hook_resid_pre"], [JSONMember("positions", "cls")])
        let whole = try await store([Requests.picture], hooks: ["*.hook_resid_pre"])
        let cases: [(String, String, String, Int, String)] = [
            ("vit", part, "blocks.1.hook_resid_pre", 400, "parts of its hooks"),
            ("pooled", whole, "blocks.1.hook_resid_pre", 400, "of the model 'vit'"),
            ("vit", whole, "blocks.1.hook_mlp_out", 400, "holds no"),
            ("vit", "nothing", "blocks.1.hook_resid_pre", 404, "nothing"),
        ]
        for (model, id, hook, status, word) in cases {
            let answer = try await service.post(
                "/v1/models/\(model)/run",
                Requests.document([
                    "interventions": [["hook": .string(hook), "op": "set", "value": ["cache": .string(id)]]]
                ]))
            #expect(answer.status == status && answer.text.contains(word), "\(answer.text)")
            if status == 400 { #expect(answer.fieldErrors.first?.place == "/interventions/0/value/cache") }
        }
    }
}
