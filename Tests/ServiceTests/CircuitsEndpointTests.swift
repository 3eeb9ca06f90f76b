import Checkpoints
import HTTPTypes
import HookedModels
import Interpretability
import Service
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

@Suite struct CircuitsEndpointTests {
    private func tensors(_ target: String) async throws -> [String: (shape: [Int], data: [Float])] {
        let answer = try await TestService.standard().get(target)
        #expect(answer.status == 200, "\(answer.text)")
        let members = try #require(try answer.json["tensors"]?.object)
        return Dictionary(
            uniqueKeysWithValues: members.map { member in
                (
                    member.key,
                    (
                        member.value["shape"]?.array?.compactMap(\.int) ?? [],
                        member.value["data"]?.doubles?.map { Float($0) } ?? []
                    )
                )
            })
    }

    @Test(arguments: [("qk", HeadCircuit.queryKey), ("ov", .outputValue)])
    func spectraAreStackedByLayer(_ kind: String, _ circuit: HeadCircuit) async throws {
        let answer = try await tensors("/v1/models/vit/circuits?kind=\(kind)")
        let model = try TinyModel().load()
        let spectra = try (0..<2).map { try CircuitSpectrum(circuit, of: model, layer: $0) }
        #expect(answer["singular_values"]?.shape == [2, 3, 8] && answer["norms"]?.shape == [2, 3])
        #expect(answer["singular_values"]?.data == spectra.flatMap(\.singularValues.elements))
        #expect(answer["eigenvalues_re"]?.data == spectra.flatMap(\.eigenvaluesReal.elements))
        #expect(answer["eigenvalues_im"]?.data == spectra.flatMap(\.eigenvaluesImaginary.elements))
        #expect(answer["norms"]?.data == spectra.flatMap(\.norms.elements))
        let copying = kind == "ov" ? spectra.flatMap(\.copyingScores.elements) : nil
        #expect(answer["copying_scores"]?.data == copying)
    }

    @Test(arguments: HeadComposition.allCases)
    func compositionLooksForwardOnly(_ kind: HeadComposition) async throws {
        let answer = try await tensors("/v1/models/vit/circuits?kind=\(kind.rawValue)")
        #expect(Array(answer.keys) == [kind.rawValue])
        let table = try #require(answer[kind.rawValue])
        #expect(table.shape == [2, 3, 2, 3])
        let model = try TinyModel().load()
        let scores = try kind.writers(of: model, layer: 0).scores(readBy: kind.readers(of: model, layer: 1))
        for writer in 0..<3 {
            for reader in 0..<3 {
                #expect(table.data[writer * 6 + 3 + reader] == scores[writer, reader])
                #expect(table.data[writer * 6 + reader] == 0 && table.data[18 + writer * 6 + reader] == 0)
                #expect(table.data[18 + writer * 6 + 3 + reader] == 0)
            }
        }
    }

    @Test func layersAndHeadsCanBeChosen() async throws {
        let all = try #require(try await tensors("/v1/models/vit/circuits?kind=ov")["norms"]).data
        let chosen = try #require(try await tensors("/v1/models/vit/circuits?kind=ov&layers=-1&heads=2,0")["norms"])
        #expect(chosen.shape == [1, 2] && chosen.data == [all[5], all[3]])
        let scores = try #require(
            try await tensors("/v1/models/vit/circuits?kind=composition_v&layers=1,0&heads=1")["composition_v"])
        #expect(scores.shape == [2, 1, 2, 1] && scores.data[0] == 0 && scores.data[1] == 0 && scores.data[2] > 0)
        let json = try await TestService.standard().get("/v1/models/vit/circuits?kind=qk&layers=1&heads=0").json
        #expect(json["kind"] == "qk" && json["layers"] == [1] && json["heads"] == [0])
        #expect(json["provenance"]?["plan"]?.string?.hasPrefix("sha256:") == true)
    }

    /// What was computed once is answered again, even by a service that computes no more.
    @Test func weightsAreTakenApartOnce() async throws {
        let service = try await TestService(["vit": TinyModel()])
        let targets = ["qk", "composition_k"].map { "/v1/models/vit/circuits?kind=\($0)" }
        var first: [[UInt8]] = []
        for target in targets { first.append(try await service.get(target).bytes) }
        await service.service.drain()
        for (target, bytes) in zip(targets, first) {
            let again = try await service.get(target)
            #expect(again.status == 200 && again.bytes == bytes)
        }
        #expect(try await service.get("/v1/models/vit/circuits?kind=ov").status == 503)
    }

    @Test func everyFormHoldsTheSameTensors() async throws {
        let service = try await TestService.standard()
        let target = "/v1/models/vit/circuits?kind=composition_q"
        let json = try #require(try await tensors(target)["composition_q"])
        let npy = try Npy.decode(try await service.get(target, fields: Requests.accepting("application/x-npy")).bytes)
        #expect(npy.shape == json.shape && npy.tensor.elements == json.data)
        let npz = try Npz.decode(
            try await service.get(target, fields: Requests.accepting("application/x-npz")).bytes, limit: 1 << 24)
        #expect(npz.map(\.name) == ["composition_q"] && npz.first?.value.tensor.elements == json.data)
        let file = try SafetensorsBytes(
            try await service.get(target, fields: Requests.accepting("application/x-safetensors")).bytes, name: "answer"
        )
        #expect(try file.tensor(named: "composition_q").elements == json.data)
        let many = try await service.get(
            "/v1/models/vit/circuits?kind=ov", fields: Requests.accepting("application/x-npy"))
        #expect(many.status == 406)
    }

    @Test(arguments: [
        ("vit/circuits", 400, "required parameter \"kind\""),
        ("vit/circuits?kind=composition_w", 400, "did you mean \"composition_"),
        ("vit/circuits?kind=QK", 400, "\"qk\""),
        ("vit/circuits?kind=qk&layers=2", 400, "there is no layer 2: expected 0 … 1"),
        ("vit/circuits?kind=qk&heads=-4", 400, "there is no head -4"),
        ("vit/circuits?kind=qk&layers=0,-2", 400, "0 is there twice"),
        ("vit/circuits?kind=qk&layers=x", 400, "expected an integer"),
        ("vit/circuits?kind=qk&layer=0", 400, "did you mean \"layers\"?"),
        ("broken/circuits?kind=qk", 409, "could not be loaded"), ("nobody/circuits?kind=qk", 404, "There is no model"),
    ])
    func whatCannotBeAnsweredIsTold(_ target: String, _ status: Int, _ detail: String) async throws {
        let answer = try await TestService.standard().get("/v1/models/" + target)
        #expect(answer.status == status)
        #expect(answer.text.replacing("\\\"", with: "\"").contains(detail), "\(answer.text)")
    }

    @Test func anAnswerOverTheLimitIsRefused() async throws {
        var limits = ServiceLimits()
        limits.responseTensors = 200
        let service = try await TestService(["vit": TinyModel()], limits: limits)
        #expect(try await service.get("/v1/models/vit/circuits?kind=qk").status == 413)
        #expect(try await service.get("/v1/models/vit/circuits?kind=composition_q").status == 200)
        #expect(try await service.get("/v1/models/vit/circuits?kind=qk&layers=0&heads=1").status == 200)
    }

    @Test func weightsThatAreNotFiniteAreA409() async throws {
        let service = try await TestService(["vit": TinyModel()], loads: false)
        var checkpoint = TinyModel().checkpoint
        let name = "vit.encoder.layer.1.attention.attention.value.weight"
        let place = try #require(checkpoint.tensors.firstIndex { $0.name == name })
        var tensor = checkpoint.tensors[place].value.tensor
        tensor.withMutableSpan { $0[3] = .nan }
        checkpoint.tensors[place].value = ArrayValue(tensor)
        try service.write(checkpoint, named: "vit")
        await service.service.models.loadAll()
        let answer = try await service.get("/v1/models/vit/circuits?kind=ov")
        #expect(answer.status == 409)
        #expect(
            answer.detail
                == "The attention weights of layer 1 of the model 'vit' have no circuits: not all of its elements are finite."
        )
        #expect(try await service.get("/v1/models/vit/circuits?kind=ov&layers=0").status == 200)
        #expect(try await service.get("/v1/models/vit/circuits?kind=qk").status == 200)
    }

    /// Both towers have circuits of their own, each kept by itself.
    @Test func theTextTowerHasItsOwn() async throws {
        let service = try await CLIPService.standard()
        let (text, vision) = (
            try await service.get("clip/circuits?kind=ov&tower=text"), try await service.get("clip/circuits?kind=ov")
        )
        #expect(text.status == 200 && vision.status == 200, "\(text.detail)")
        #expect(try text.json.at("tensors", "norms", "shape") == [2, 3])
        #expect(try text.json.at("tensors", "norms") != vision.json.at("tensors", "norms"))
        #expect(try text.json.at("provenance", "tower") == "text")
        let none = try await service.get("vit/circuits?kind=ov&tower=text")
        #expect(none.status == 409 && none.detail.contains("has no text tower"))
    }
}
