import HTTPTypes
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

@Suite struct AttributionEndpointTests {
    private let target = "/v1/models/vit/attribution"
    private static let difference: JSONValue = ["kind": "logit_difference", "classes": ["heart", 0]]

    private func wish(_ more: JSONValue = [:]) -> JSONValue {
        Requests.document(.object([JSONMember("metric", Self.difference)] + (more.object ?? [])))
    }

    private func tensor(_ answer: JSONValue) throws -> Tensor {
        let shape = try #require(answer.at("tensors", "scores", "shape")?.array).compactMap(\.int)
        let data = try #require(answer.at("tensors", "scores", "data")?.doubles)
        return Tensor(shape: shape, elements: data.map { Float($0) })
    }

    private func number(_ answer: JSONValue, _ name: String, _ input: Int = 0) throws -> Double {
        try #require(answer[name]?[input]?.double, "\(name)")
    }

    private static let axes: [(String, [Int], Int)] = [
        ("layer", [1, 4], 0), ("component", [1, 6], 0), ("head", [1, 2, 3], 5), ("neuron", [1, 2, 40], 5),
        ("position", [1, 17], 0),
    ]

    @Test(arguments: axes)
    func thePartsAndTheConstantAreTheLogit(_ axis: String, _ shape: [Int], _ others: Int) async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, wish(["by": .string(axis)])).json
        let scores = try tensor(answer)
        #expect(scores.shape == shape)
        #expect(answer["labels"]?.count == shape.reduce(1, *))
        #expect(answer["others"]?[0]?.count ?? 0 == others && answer["other_labels"]?.count ?? 0 == others)
        let logits = try #require(
            try await service.post("/v1/models/vit/run", Requests.document()).json.at("tensors", "output", "data")?
                .doubles)
        let value = try number(answer, "value")
        #expect(abs(value - (logits[1] - logits[0])) < 1e-6)
        let rest = (answer["others"]?[0]?.doubles ?? []).reduce(0, +)
        let sum = scores.elements.reduce(0.0) { $0 + Double($1) } + rest
        #expect(abs(sum - (try number(answer, "sum"))) < 1e-5)
        let residue = try number(answer, "residue")
        #expect(abs(residue) < 1e-5)
        #expect(abs(value - (try number(answer, "sum")) - (try number(answer, "constant")) - residue) < 1e-12)
    }

    @Test func theLargestComeFirstByMagnitude() async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, wish(["by": "neuron", "top_k": 3])).json
        let scores = try tensor(answer).elements
        let labels = try #require(answer["labels"]?.array).map(\.string)
        let expected = scores.indices.sorted { abs(scores[$0]) > abs(scores[$1]) }.prefix(3)
        let top = try #require(answer["top"]?[0]?.array)
        #expect(top.map { $0["label"]?.string } == expected.map { labels[$0] })
        #expect(top.map { Float($0["score"]?.double ?? .nan) } == expected.map { scores[$0] })
        #expect(try await service.post(target, wish(["top_k": 0])).json["top"] == nil)
    }

    @Test func byLayerTheStreamsBeforeEachAreReadToo() async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, wish(["by": "layer"])).json
        #expect(answer["labels"] == ["embed", "pos_embed", "layer_0", "layer_1"])
        #expect(answer["accumulated_labels"] == ["0_pre", "1_pre", "final_post"])
        let accumulated = try #require(answer["accumulated"]?[0]?.doubles)
        let scores = try tensor(answer).elements.map(Double.init)
        #expect(abs(accumulated[0] - scores[0] - scores[1]) < 1e-5)
        #expect(abs(accumulated[2] - (try number(answer, "sum"))) < 1e-12)
    }

    /// One position's components are the streams of the lens, which adds the same norm and head.
    @Test func aPositionIsReadAsTheLensReadsIt() async throws {
        let service = try await TestService.standard()
        let lens = try await service.post(
            "/v1/models/vit/logit-lens", Requests.document(["positions": [-2], "directions": [1, 0]])
        ).json
        let logits = try #require(lens.at("tensors", "logits", "data")?.doubles).suffix(2)
        let answer = try await service.post(target, wish(["position": -2])).json
        #expect(abs((try number(answer, "value")) - (logits.first ?? 0) + (logits.last ?? 0)) < 1e-5)
        #expect(abs(try number(answer, "residue")) < 1e-5)
    }

    @Test func severalInputsAndLinesHaveTheirOwn() async throws {
        let service = try await TestService.standard()
        let two: JSONValue = [
            "inputs": .array([Requests.picture, Requests.otherPicture].map { Requests.image($0) }),
            "metric": Self.difference, "by": "head", "deterministic": true,
        ]
        let whole = try await service.post(target, two).json
        #expect(try tensor(whole).shape == [2, 2, 3])
        let text = try await service.post(target, two, fields: Requests.accepting("application/x-ndjson")).text
        let lines = try text.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
        try #require(lines.count == 3)
        for input in 0..<2 {
            for name in ["sum", "value", "residue", "others", "top"] {
                #expect(lines[input][name] == whole[name]?[input])
            }
            #expect(try tensor(lines[input]).elements == tensor(whole).rows(input..<(input + 1)).elements)
        }
        #expect(lines[2]["labels"] == whole["labels"])
    }

    /// What changes the output behind the stream cannot be in the parts: the account shows it.
    @Test func whatThePartsDoNotKnowIsInTheResidue() async throws {
        let service = try await TestService.standard()
        let zeroed: JSONValue = [["hook": "hook_ln_final", "op": "scale", "value": 2]]
        let answer = try await service.post(target, wish(["interventions": zeroed])).json
        #expect(abs(try number(answer, "residue")) > 1e-3)
        let patched: JSONValue = [["hook": "blocks.0.attn.hook_z", "op": "zero", "where": ["heads": [1]]]]
        let heads = try await service.post(target, wish(["interventions": patched, "by": "head"])).json
        #expect(try tensor(heads)[0, 0, 1] == 0)
        #expect(abs(try number(heads, "residue")) < 1e-5)
    }

    @Test func aDryRunTellsTheShape() async throws {
        let service = try await TestService.standard()
        let dry = try await service.post(target, wish(["by": "head", "dry_run": true])).json
        #expect(dry.at("tensors", "scores", "shape") == [1, 2, 3])
    }

    @Test(arguments: ["layer", "component", "head", "position"])
    func oneInputIsDrawn(_ axis: String) async throws {
        let service = try await TestService.standard()
        let png = Requests.accepting("image/png")
        let picture = try await service.post(target, wish(["by": .string(axis)]), fields: png)
        #expect(picture.status == 200 && picture.bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(try await service.post(target, wish(["by": "neuron"]), fields: png).status == 406)
    }

    private static let wrong: [(JSONValue, String, String)] = [
        (["metric": ["kind": "probability", "classes": [0]]], "/metric", "probability is not linear in the logits"),
        (["metric": ["kind": "logit", "classes": ["hart"]]], "/metric/classes/0", "did you mean \"heart\"?"),
        (["metric": ["kind": "logit", "classes": [5]]], "/metric/classes/0", "there is no class 5; the model has 5"),
        (["metric": ["kind": "logit_difference", "classes": [1]]], "/metric/classes", "two classes"),
        (["by": "heads"], "/by", "\"head\""), (["method": "direkt"], "/method", "\"direct\""),
        (["position": 17], "/position", "there is no position 17: expected 0 … 16"),
        (["norm": "final"], "/norm", "\"exact\" or \"prisma\""),
    ]

    @Test(arguments: wrong)
    func whatIsWrongIsTold(_ more: JSONValue, _ place: String, _ says: String) async throws {
        let service = try await TestService.standard()
        var document = wish()
        for member in more.object ?? [] { document = document.setting(member.key, to: member.value) }
        let answer = try await service.post(target, document)
        #expect(answer.status == 400, "\(answer.text)")
        let error = try #require(answer.fieldErrors.first)
        #expect(error.place == place)
        #expect(error.detail.contains(says), "\(error.detail)")
    }

    @Test func whatDoesNotAddUpIsRefused() async throws {
        let service = try await TestService([
            "siglip": TinyModel(.sigLIP), "bert": TinyModel(.prismaBert), "both": TinyModel(.dinov2Registers),
            "attention": TinyModel(.prismaAttentionOnly),
        ])
        let logit: JSONValue = ["kind": "logit", "classes": [0]]
        let pooled = try await service.post("/v1/models/siglip/attribution", Requests.document(["metric": logit]))
        #expect(pooled.status == 409 && pooled.detail.contains("pools by attention"))
        for (model, more, place) in [
            ("bert", ["by": "head"] as JSONValue, "/by"), ("both", ["position": 1], "/position"),
            ("attention", ["by": "neuron"], "/by"),
        ] {
            let document = Requests.document(.object([JSONMember("metric", logit)] + (more.object ?? [])))
            let answer = try await service.post("/v1/models/\(model)/attribution", document)
            #expect(answer.status == 400 && answer.fieldErrors.first?.place == place, "\(answer.text)")
        }
        let bert = try await service.post("/v1/models/bert/attribution", Requests.document(["metric": logit])).json
        #expect(abs(try number(bert, "residue")) < 1e-5)
    }

    @Test func textsOfACLIPAreAttributed() async throws {
        let service = try await CLIPService.standard()
        let metric: JSONValue = ["kind": "logit_difference", "classes": ["cat", "dog"]]
        let predicted = try await service.post(
            "clip/predict", Requests.document(["labels": ["cat", "dog"], "templates": ["{}"]]))
        let top = try #require(try predicted.json.at("results")?[0]?["top"]?.array)
        let logit = { (name: String) in top.first { $0["label"]?.string == name }?["logit"]?.double ?? .nan }
        for axis in ["component", "head"] {
            let answer = try await service.post(
                "clip/attribution", Requests.document(["metric": metric, "by": .string(axis)])
            ).json
            #expect(abs((try number(answer, "value")) - logit("cat") + logit("dog")) < 1e-4)
            #expect(abs(try number(answer, "residue")) < 1e-4)
            #expect(answer.at("metric", "classes")?[0]?["label"] == "cat")
        }
    }
}
