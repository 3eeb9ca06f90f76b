import Checkpoints
import Foundation
import HTTPTypes
import Service
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

/// Tensors as JSON, npy, npz and safetensors: the same numbers under the same names.
@Suite struct AnswerTests {
    private let target = "/v1/models/vit/run"
    private let wish: JSONValue = [
        "inputs": .array([Requests.image(Requests.picture), Requests.image(Requests.otherPicture)]),
        "capture": [
            ["hooks": ["*.hook_resid_post", "pixel_values"], "positions": "cls"],
            ["hooks": ["*.hook_pattern"], "heads": [1]],
        ],
    ]

    private func tensors(_ answer: Answer) throws -> [(name: String, shape: [Int], elements: [Float])] {
        switch answer.head.headerFields[.contentType] {
        case "application/json":
            return try #require(try answer.json["tensors"]?.object).map { member in
                let shape = member.value["shape"]?.array?.compactMap(\.int) ?? []
                return (member.key, shape, (member.value["data"]?.doubles ?? []).map { Float($0) })
            }
        case "application/x-npz":
            return try Npz.decode(answer.bytes, limit: 1 << 24).map {
                ($0.name, $0.value.shape, $0.value.tensor.elements)
            }
        default:
            let file = try SafetensorsBytes(answer.bytes, name: "the answer")
            return try file.entries.map { ($0.name, $0.shape, try file.tensor($0).elements) }
        }
    }

    @Test func everyFormHoldsTheSameNumbers() async throws {
        let service = try await TestService.standard()
        let json = try tensors(try await service.post(target, wish))
        #expect(
            json.map(\.name) == [
                "output", "blocks.0.attn.hook_pattern", "blocks.0.hook_resid_post", "blocks.1.attn.hook_pattern",
                "blocks.1.hook_resid_post", "pixel_values",
            ])
        #expect(
            json.map(\.shape) == [[2, 5], [2, 1, 17, 17], [2, 1, 24], [2, 1, 17, 17], [2, 1, 24], [2, 3, 32, 32]])
        for type in ["application/x-npz", "application/x-safetensors"] {
            let answer = try await service.post(
                target, wish.setting("deterministic", to: true), fields: Requests.accepting(type))
            #expect(answer.head.headerFields[.contentType] == type)
            let other = try tensors(answer)
            #expect(other.map(\.name) == json.map(\.name))
            #expect(other.map(\.shape) == json.map(\.shape))
            #expect(other.map(\.elements) == json.map(\.elements), "\(type)")
        }
        for (name, shape, elements) in json.dropFirst().dropLast() {
            let document = wish.setting("capture", to: nil).setting("hooks", to: [.string(name)])
                .setting(name.hasSuffix("pattern") ? "heads" : "positions", to: name.hasSuffix("pattern") ? [1] : "cls")
            let answer = try await service.post(
                "/v1/models/vit/activations", document, fields: Requests.accepting("application/x-npy"))
            let array = try Npy.decode(answer.bytes)
            #expect(array.shape == shape && array.tensor.elements == elements, "\(name)")
        }
    }

    /// The document without the tensors travels with them.
    @Test func safetensorsCarryTheDocument() async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, wish, fields: Requests.accepting("application/x-safetensors"))
        let file = try SafetensorsBytes(answer.bytes, name: "the answer")
        let document = try JSONValue.parse(Array(try #require(file.metadata["response"]).utf8))
        let json = try await service.post(target, wish).json
        #expect(document == json.setting("tensors", to: nil))
        #expect(document.at("provenance", "model") == "vit")
    }

    @Test func npyHoldsExactlyOneTensor() async throws {
        let service = try await TestService.standard()
        let npy = Requests.accepting("application/x-npy")
        let two = try await service.post(
            target, Requests.document(["capture": [["hooks": ["hook_embed"]]]]), fields: npy)
        #expect(two.status == 406)
        #expect(two.detail.contains("exactly one tensor and the answer has 2 (output, hook_embed)"), "\(two.detail)")
        let many = try await service.post("/v1/models/vit/activations", Requests.document(), fields: npy)
        #expect(many.status == 406)
        #expect(
            many.detail.contains("has 41 (hook_embed, hook_pos_embed, hook_full_embed, blocks.0.hook_resid_pre, …)"),
            "\(many.detail)")
        let none = try await service.post(target, Requests.document(["stop_at_layer": 0]), fields: npy)
        #expect(none.status == 406)
        #expect(none.detail.contains("has 0."), "\(none.detail)")
        #expect(try await service.post(target, Requests.document(), fields: npy).status == 200)
    }

    @Test(arguments: [
        ("application/x-npz;q=0.5, application/x-safetensors", "application/x-safetensors"),
        ("*/*", "application/json"),
    ])
    func theBestOfAcceptIsTaken(_ accept: String, _ type: String) async throws {
        let answer = try await TestService.standard().post(target, Requests.document(), fields: [.accept: accept])
        #expect(answer.head.headerFields[.contentType] == type)
        #expect(answer.head.headerFields[.vary]?.contains("Accept") == true)
    }

    /// Values so large that the pass overflows: JSON stays JSON, files keep what it was.
    @Test func whatIsNotFiniteIsNullAndCounted() async throws {
        let service = try await TestService.standard()
        let document: JSONValue = ["inputs": .array([Requests.tensor(3e38)]), "capture": [["hooks": ["hook_embed"]]]]
        let answer = try await service.post(target, document)
        #expect(answer.status == 200)
        let embed = try #require(try answer.json.at("tensors", "hook_embed"))
        let nulls = try #require(embed["data"]?.array).filter(\.isNull).count
        #expect(nulls > 0)
        #expect(embed["non_finite"] == .integer(Int64(nulls)))
        let npz = try await service.post(target, document, fields: Requests.accepting("application/x-npz"))
        let values = try #require(try tensors(npz).first { $0.name == "hook_embed" }).elements
        #expect(values.filter { !$0.isFinite }.count == nulls)
        let plain = try await service.post(target, Requests.document(["capture": [["hooks": ["hook_embed"]]]]))
        #expect(try plain.json.at("tensors", "hook_embed", "non_finite") == nil)
        let ranked = try await service.post("/v1/models/vit/predict", document.setting("capture", to: nil))
        #expect(ranked.status == 200)
        // No class is the best, and how many logits are no numbers is told.
        #expect(try ranked.json.at("results")?[0]?["top"] == [])
        #expect(try ranked.json.at("results")?[0]?["non_finite"] == 5)
    }

    @Test func aDryRunTellsWhatThenComes() async throws {
        let service = try await TestService.standard()
        for (path, document) in [
            ("run", wish), ("run", Requests.document(["stop_at_layer": 1, "capture": [["hooks": ["*"]]]])),
            ("activations", Requests.document(["flags": ["use_attn_result": true, "use_attn_in": true]])),
            ("run", ["inputs": .array([Requests.tensor(0, shape: [3, 3, 32, 32])])]),
        ] {
            let dry = try await service.post("/v1/models/vit/\(path)", document.setting("dry_run", to: true)).json
            let wet = try await service.post("/v1/models/vit/\(path)", document)
            let tensors = try tensors(wet)
            #expect(dry["dry_run"] == true)
            #expect(dry["inputs"]?.int == tensors.first?.shape.first)
            #expect(dry["tensors"]?.keys == tensors.map(\.name))
            var bytes = 0
            for (name, shape, elements) in tensors {
                #expect(dry.at("tensors", name, "shape")?.array?.compactMap(\.int) == shape)
                #expect(dry.at("tensors", name, "bytes")?.int == 4 * elements.count)
                bytes += 4 * elements.count
            }
            #expect(dry["bytes"]?.int == bytes)
            #expect(dry["provenance"] == (try wet.json["provenance"]))
            #expect(dry["floating_point_operations"]?.int ?? 0 > 0)
        }
    }

    /// Indices may repeat; figures beyond any memory end at the largest integer and stop nothing.
    @Test func aDryRunOfAbsurdSizeIsAnswered() async throws {
        let service = try await TestService.standard()
        let zeros = { (count: Int) in JSONValue.numbers(Array(repeating: 0, count: count)) }
        let document: JSONValue = [
            "inputs": .array([Requests.tensor(0, shape: [200, 3, 32, 32])]), "hooks": ["*.attn.hook_[qkvz]"],
            "positions": zeros(65_536), "heads": zeros(65_536), "features": zeros(1_000_000),
        ]
        let dry = try await service.post("/v1/models/vit/activations", document.setting("dry_run", to: true))
        #expect(dry.status == 200, "\(dry.text)")
        #expect(try dry.json["bytes"]?.int == .max)
        let wet = try await service.post("/v1/models/vit/activations", document)
        #expect(wet.status == 413)
        #expect(try wet.json["limit"] == "response_tensors")
    }

    @Test func theSameRequestAloneGivesTheSameBytes() async throws {
        let service = try await TestService.standard()
        let document = wish.setting("deterministic", to: true)
        let first = try await service.post(target, document, fields: Requests.accepting("application/x-npz"))
        let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<12 {
                group.addTask {
                    try await service.post(target, document, fields: Requests.accepting("application/x-npz")).bytes
                }
                group.addTask {
                    _ = try await service.post("/v1/models/vit/predict", Requests.document())
                    return first.bytes
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for bytes in answers { #expect(bytes == first.bytes) }
    }

    /// What was asked is told apart by its digests; what was not asked changes none.
    @Test func provenanceTellsRequestsApart() async throws {
        let service = try await TestService.standard()
        let ask = { (more: JSONValue) in
            try #require(
                try await service.post(target, Requests.document(more.setting("dry_run", to: true))).json["provenance"])
        }
        let plain = try await ask([:])
        #expect(plain["server"]?.string == ServerVersion.number)
        #expect(plain["weights"]?.string?.hasPrefix("sha256:") == true)
        #expect(try await ask(["exif": "apply", "preprocess": true, "capture": []]) == plain)
        var plans: Set<String> = [try #require(plain["plan"]?.string)]
        for more in [
            ["capture": [["hooks": ["hook_embed"]]]], ["capture": [["hooks": ["hook_embed"], "positions": [1]]]],
            ["capture": [["hooks": ["hook_embed"], "positions": [2]]]],
            ["capture": [["hooks": ["hook_embed"], "reduce": ["op": "mean"]]]],
            ["capture": [["hooks": ["hook_embed"], "reduce": ["op": "max"]]]],
            ["capture": [["hooks": ["hook_embed"], "positions": [2], "reduce": ["op": "max"]]]], ["stop_at_layer": 1],
            ["flags": ["use_attn_result": true]],
        ] as [JSONValue] {
            let provenance = try await ask(more)
            #expect(plans.insert(try #require(provenance["plan"]?.string)).inserted, "\(more)")
            #expect(provenance["preprocessing"] == plain["preprocessing"])
        }
        var preprocessings: Set<String> = [try #require(plain["preprocessing"]?.string)]
        for more in [["preprocess": false], ["preprocess": ["mean": [0, 0, 0]]], ["exif": "ignore"]] as [JSONValue] {
            let provenance = try await ask(more)
            #expect(preprocessings.insert(try #require(provenance["preprocessing"]?.string)).inserted, "\(more)")
            #expect(provenance["plan"] == plain["plan"])
        }
    }

    @Test func largeAnswersAreStreamedAndWhole() async throws {
        let service = try await TestService.standard()
        let document: JSONValue = ["inputs": .array([Requests.tensor(0.1, shape: [40, 3, 32, 32])])]
        let json = try tensors(try await service.post("/v1/models/vit/activations", document))
        let npz = try tensors(
            try await service.post(
                "/v1/models/vit/activations", document, fields: Requests.accepting("application/x-npz")))
        #expect(json.reduce(0) { $0 + $1.elements.count } > 400_000)
        #expect(json.map(\.name) == npz.map(\.name))
        for (one, other) in zip(json, npz) {
            #expect(one.shape == other.shape && one.elements == other.elements, "\(one.name)")
        }
    }
}
