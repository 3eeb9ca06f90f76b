import Foundation
import HTTPTypes
import HookedModels
import Service
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

@Suite struct LoadEndpointsTests {
    private func post(_ service: TestService, _ target: String) async throws -> Answer {
        try await service.application.ask(.post, "/v1/models/\(target)")
    }

    @Test func aModelIsUnloadedAndLoadedAgain() async throws {
        let service = try await TestService(["vit": TinyModel(), "other": TinyModel(seed: 2)])
        let before = try await service.post("/v1/models/vit/predict", Requests.document()).json["results"]
        for _ in 0..<2 {
            let answer = try await post(service, "vit/unload")
            #expect(answer.status == 200)
            #expect(try answer.json == ["id": "vit", "state": "unloaded"])
        }
        #expect(try await service.get("/v1/models").json["items"]?[0]?["state"] == "unloaded")
        for answer in [
            try await service.post("/v1/models/vit/predict", Requests.document()),
            try await service.get("/v1/models/vit/hooks"), try await service.get("/v1/models/vit/weights/W_E"),
        ] {
            #expect(answer.status == 409)
            #expect(
                answer.detail
                    == "The model 'vit' is not loaded: it was unloaded. POST /v1/models/vit/load loads it again.")
        }
        #expect(try await service.get("/readyz").status == 200, "who unloads a model has not broken the server")
        #expect(try await service.post("/v1/models/other/predict", Requests.document()).status == 200)
        for _ in 0..<2 {
            let answer = try await post(service, "vit/load")
            #expect(answer.status == 200)
            #expect(try answer.json["state"] == "loaded")
            #expect(try answer.json["family"] == "hf_vit")
        }
        #expect(try await service.post("/v1/models/vit/predict", Requests.document()).json["results"] == before)
    }

    /// There is nothing to unload, and why there is nothing stays known.
    @Test func aFailedModelKeepsItsReason() async throws {
        let service = try await TestService([:], broken: ["broken"])
        let before = try await service.get("/v1/models/broken").json
        #expect(try await post(service, "broken/unload").json == before)
        #expect(before["state"] == "failed" && before["reason"]?.string?.isEmpty == false)
        #expect(try await service.get("/v1/models/broken").json == before)
    }

    @Test func anUnknownModelIs404() async throws {
        let service = try await TestService(["vit": TinyModel()])
        for verb in ["load", "unload"] {
            let answer = try await post(service, "vitt/\(verb)")
            #expect(answer.status == 404)
            #expect(answer.detail.contains("did you mean \"vit\"?"))
        }
    }

    /// The reason is the one from the start; once the files are mended, trying again works.
    @Test func aFailedModelIsTriedAgain() async throws {
        let service = try await TestService([:], broken: ["broken"])
        let reason = try #require(try await service.get("/v1/models/broken").json["reason"]?.string)
        let answer = try await post(service, "broken/load")
        #expect(answer.status == 409)
        #expect(answer.detail == "The model 'broken' could not be loaded: \(reason).")
        #expect(try await service.get("/v1/models/broken").json["state"] == "failed")
        try service.write(TinyModel().checkpoint, named: "broken")
        #expect(try await post(service, "broken/load").json["state"] == "loaded")
        #expect(try await service.post("/v1/models/broken/predict", Requests.document()).status == 200)
    }

    /// Nobody holds the weights once the state has let go of them: the value's own objects are gone.
    @Test func nothingOfAModelIsLeftBehind() async throws {
        let service = try await TestService(["vit": TinyModel()])
        weak var digest: DigestBox?
        do {
            guard case .loaded(let model) = try #require(service.service.models.state(of: "vit")) else {
                Issue.record("not loaded")
                return
            }
            digest = model.digest
        }
        #expect(try await service.post("/v1/models/vit/predict", Requests.document()).status == 200)
        #expect(digest != nil)
        _ = try await post(service, "vit/unload")
        #expect(digest == nil)
    }

    /// What a running request holds is the model itself, whatever becomes of its name.
    @Test func whoHoldsAModelMayUseItToTheEnd() async throws {
        let service = try await TestService(["vit": TinyModel()])
        guard case .loaded(let held) = try #require(service.service.models.state(of: "vit")) else { return }
        _ = try await post(service, "vit/unload")
        #expect(held.model.weight(named: "W_E")?.tensor().count == 24 * 3 * 64)
    }

    /// In whatever order they come, each is done whole: the answers are states, never a failure.
    @Test func changesThatComeTogetherAreDoneInTurn() async throws {
        let service = try await TestService(["vit": TinyModel(), "other": TinyModel(seed: 2)])
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for round in 0..<40 {
                let model = round % 3 == 0 ? "other" : "vit"
                group.addTask {
                    try await service.application.ask(
                        .post, "/v1/models/\(model)/\(round % 2 == 0 ? "unload" : "load")")
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.status == 200 })
        for model in ["vit", "other"] {
            #expect(try await post(service, "\(model)/load").json["state"] == "loaded")
            #expect(try await service.post("/v1/models/\(model)/predict", Requests.document()).status == 200)
        }
    }

    /// While the server starts: what is unloaded before its turn stays so, and what is asked for comes first.
    @Test func changesBeforeAModelsTurnHold() async throws {
        let service = try await TestService(["a": TinyModel(), "b": TinyModel(seed: 2)], loads: false)
        #expect(try await post(service, "a/unload").json["state"] == "unloaded")
        #expect(try await post(service, "b/load").json["state"] == "loaded")
        await service.service.models.loadAll()
        #expect(try await service.get("/v1/models/a").json["state"] == "unloaded")
        #expect(try await service.get("/v1/models/b").json["digest"]?.string?.hasPrefix("sha256:") == true)
        #expect(try await post(service, "a/load").json["state"] == "loaded")
    }

    /// Other files under the same name are another model: its digest is its own.
    @Test func aModelWhoseFilesChangedIsReadAnew() async throws {
        let service = try await TestService(["vit": TinyModel()])
        let first = try await service.get("/v1/models/vit").json["digest"]
        let before = try await service.post("/v1/models/vit/predict", Requests.document()).json["results"]
        _ = try await post(service, "vit/unload")
        try service.write(TinyModel(seed: 9).checkpoint, named: "vit")
        _ = try await post(service, "vit/load")
        #expect(try await service.post("/v1/models/vit/predict", Requests.document()).json["results"] != before)
        #expect(try await service.get("/v1/models/vit").json["digest"] != first)
    }

    @Test func whatDoesNotFitIsRefusedWithBothFigures() async throws {
        var limits = ServiceLimits()
        let bytes = try TinyModel().load().weightBytes
        limits.modelMemory = bytes + bytes / 2
        let service = try await TestService(["vit": TinyModel(), "other": TinyModel(seed: 2)], limits: limits)
        let listed = try await service.get("/v1/models/other").json
        #expect(listed["state"] == "failed")
        #expect(listed["reason"]?.string?.contains("limits.model_memory") == true)
        #expect(try await service.get("/readyz").status == 200)
        let refused = try await post(service, "other/load")
        #expect(refused.status == 409)
        let document = try refused.json
        #expect(document["limit"] == "model_memory")
        #expect(document["maximum"] == .integer(Int64(limits.modelMemory)))
        #expect(document["in_use"] == .integer(Int64(bytes)))
        let needed = try #require(document["needed"]?.int)
        #expect(needed <= bytes && needed > bytes / 2)
        for figure in [needed, bytes, limits.modelMemory] { #expect(refused.detail.contains("\(figure)")) }
        // With room it loads, and then the first has none; refused, it stays unloaded.
        _ = try await post(service, "vit/unload")
        #expect(try await post(service, "other/load").status == 200)
        #expect(try await post(service, "vit/load").status == 409)
        #expect(try await service.get("/v1/models/vit").json["state"] == "unloaded")
        _ = try await post(service, "other/unload")
        #expect(try await post(service, "vit/load").status == 200)
    }
}
