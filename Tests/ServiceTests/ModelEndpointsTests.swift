import HTTPTypes
import HookedModels
import Service
import ServiceTesting
import Testing
import TextNumbers
import Web

@Suite struct ModelEndpointsTests {
    @Test func aModelShowsWhatItIs() async throws {
        let model = try await TestService.standard().get("/v1/models/vit").json
        #expect(model["id"] == "vit")
        #expect(model["state"] == "loaded")
        #expect(model["family"] == "hf_vit")
        #expect(model["input_shape"] == [3, 32, 32])
        #expect(model["output_shape"] == [5])
        #expect(model.at("config", "n_layers") == 2)
        #expect(model.at("config", "d_model") == 24)
        #expect(model.at("config", "n_heads") == 3)
        #expect(model.at("config", "d_mlp") == 40)
        #expect(model.at("config", "patch_size") == 8)
        #expect(model["labels"]?[0] == ["index": 0, "label": "tabby, tabby cat", "emoji": "🐈"])
        #expect(model["labels"]?[4] == ["index": 4, "label": "thing 4", "emoji": nil])
        #expect(model["flags"]?.keys.count == 4)
        let digest = try #require(model["digest"]?.string)
        #expect(digest.hasPrefix("sha256:") && digest.utf8.count == 71)
    }

    @Test func aModelThatFailedSaysWhyWithoutAPath() async throws {
        let service = try await TestService.standard()
        let model = try await service.get("/v1/models/broken").json
        #expect(model["state"] == "failed")
        let reason = try #require(model["reason"]?.string)
        #expect(reason.contains("'vit.layernorm.bias' is missing"))
        #expect(!reason.contains("/"))
        let ready = try await service.get("/readyz")
        #expect(ready.status == 200)
        #expect(try ready.json["failed"] == [["id": "broken", "reason": .string(reason)]])
        for path in ["predict", "run", "activations"] {
            let answer = try await service.post("/v1/models/broken/\(path)", Requests.document())
            #expect(answer.status == 409)
            #expect(answer.detail == "The model 'broken' could not be loaded: \(reason).")
        }
        #expect(try await service.get("/v1/models/broken/hooks").status == 409)
    }

    @Test func aModelThatIsBeingLoadedAsksToComeAgain() async throws {
        let service = try await TestService(["slow": TinyModel()], loads: false)
        for answer in [
            try await service.post("/v1/models/slow/predict", Requests.document()),
            try await service.get("/v1/models/slow/hooks"), try await service.get("/readyz"),
        ] {
            #expect(answer.status == 503)
            #expect(answer.head.headerFields[.retryAfter] == "2")
            #expect(answer.detail.contains("being loaded"))
        }
        #expect(try await service.get("/v1/models/slow").json == ["id": "slow", "state": "loading"])
        await service.service.models.loadAll()
        #expect(try await service.get("/readyz").status == 200)
        #expect(try await service.post("/v1/models/slow/predict", Requests.document()).status == 200)
    }

    @Test func aServerThatStopsTakesNoWork() async throws {
        let service = try await TestService(["vit": TinyModel()])
        await service.service.drain()
        #expect(try await service.get("/healthz").status == 200)
        for answer in [
            try await service.get("/readyz"), try await service.post("/v1/models/vit/predict", Requests.document()),
        ] {
            #expect(answer.status == 503)
            #expect(answer.head.headerFields[.retryAfter] == "5")
            #expect(answer.detail.contains("stopping"))
        }
    }

    @Test func modelsComeInPages() async throws {
        let service = try await TestService.standard()
        var ids: [String] = []
        var cursor: String?
        repeat {
            let page = try await service.get("/v1/models?limit=3" + (cursor.map { "&cursor=\($0)" } ?? "")).json
            ids += (page["items"]?.array ?? []).compactMap { $0["id"]?.string }
            cursor = page["next_cursor"]?.string
        } while cursor != nil
        #expect(ids == ["vit", "features", "pooled", "broken"])
    }

    @Test(arguments: ["0", "-1", "1001", "x", "1.5", ""])
    func aPageOfNoSizeIsRefused(_ limit: String) async throws {
        let answer = try await TestService.standard().get("/v1/models?limit=\(limit)")
        #expect(answer.status == 400)
        #expect(answer.detail.contains("limit"))
    }

    @Test(arguments: ["0", "4", "-1", "99", "abc", "1e0"])
    func aCursorThatNoPageGaveIsRefused(_ cursor: String) async throws {
        let answer = try await TestService.standard().get("/v1/models?limit=1&cursor=\(cursor)")
        #expect(answer.status == 400, "\(answer.text)")
        #expect(answer.detail.contains("cursor"))
    }

    /// All that any flag would bring, in the order of firing, with the shapes that the pass gives.
    @Test(arguments: ["vit", "features", "pooled"])
    func theHooksAreThoseThatCanBeCaptured(_ model: String) async throws {
        let service = try await TestService.standard()
        let items = try #require(try await service.get("/v1/models/\(model)/hooks").json["items"]?.array)
        for flags in [[], ["use_attn_result", "use_hook_mlp_in"]] as [[String]] {
            let answer = try await service.post(
                "/v1/models/\(model)/activations",
                Requests.document(["flags": .list(flags.map { .string($0) }), "dry_run": true]))
            let tensors = try #require(try answer.json["tensors"]?.object)
            let expected = items.filter { item in item["flag"]?.string.map(flags.contains) ?? true }
            #expect(expected.compactMap { $0["name"]?.string } == tensors.map(\.key))
            for (item, tensor) in zip(expected, tensors) {
                #expect(item["bytes_per_input"] == tensor.value["bytes"])
                #expect(item["shape"]?.array?.first == "batch")
                #expect(
                    item["shape"]?.array?.dropFirst().map(\.int) == tensor.value["shape"]?.array?.dropFirst().map(\.int)
                )
                #expect(item["axes"]?.count == item["shape"]?.count)
                #expect(item["exists"] == .bool(item["flag"]?.isNull == true))
            }
        }
    }
}
