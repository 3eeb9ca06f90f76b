import Checkpoints
import HTTPTypes
import Service
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

@Suite struct CacheEndpointsTests {
    private static let stream: JSONValue = ["*resid*", "*_out", "*hook_z", "*hook_post", "ln_final.hook_scale"]

    private func make(_ service: TestService, _ more: JSONValue = [:], model: String = "vit") async throws -> JSONValue
    {
        let document = Requests.document(.object([JSONMember("model", .string(model))] + (more.object ?? [])))
        let answer = try await service.post("/v1/caches", document)
        #expect(answer.status == 201, "\(answer.text)")
        return try answer.json
    }

    private func id(_ cache: JSONValue) throws -> String { try #require(cache["id"]?.string) }

    private func tensor(_ value: JSONValue?) throws -> Tensor {
        let shape = try #require(value?["shape"]?.array).compactMap(\.int)
        return Tensor(shape: shape, elements: try #require(value?["data"]?.doubles).map { Float($0) })
    }

    private func analysis(_ service: TestService, _ id: String, _ wish: JSONValue) async throws -> Answer {
        try await service.post("/v1/caches/\(id)/analyses", wish)
    }

    @Test func whatIsKeptIsDescribedAndFound() async throws {
        let service = try await TestService(["vit": TinyModel()])
        let wish = Requests.document(["model": "vit", "hooks": ["*hook_pattern", "hook_embed"], "deterministic": true])
        let created = try await service.post("/v1/caches", wish)
        #expect(created.status == 201)
        let cache = try created.json
        let id = try id(cache)
        #expect(created.head.headerFields[.location] == "/v1/caches/\(id)")
        #expect(cache["model"] == "vit" && cache["inputs"] == 1 && cache["tower"] == "vision")
        let hooks = try #require(cache["hooks"]?.array)
        #expect(
            hooks.map { $0["name"] }
                == ["hook_embed", "blocks.0.attn.hook_pattern", "blocks.1.attn.hook_pattern"])
        #expect(hooks[1]["shape"] == [1, 3, 17, 17] && hooks[1]["axes"] == ["input", "head", "query", "key"])
        #expect(cache["bytes"]?.int == 4 * (16 * 24 + 2 * 3 * 17 * 17))
        #expect(cache.at("provenance", "model") == "vit")
        let made = try #require(cache["created_at"]?.string)
        let ends = try #require(cache["expires_at"]?.string)
        #expect(made < ends && made.hasSuffix("Z"))
        #expect(try await service.get("/v1/caches/\(id)").json == cache)
        let list = try await service.get("/v1/caches").json
        #expect(list["items"] == .array([cache]) && list["next_cursor"] == .null)
        let metrics = try await service.get("/metrics").text
        #expect(metrics.contains("prisma_caches 1\n"))
        #expect(metrics.contains("prisma_cache_bytes \(cache["bytes"]?.int ?? 0)\n"))
        let gone = try await service.application.ask(.delete, "/v1/caches/\(id)")
        #expect(gone.status == 200)
        #expect(try await service.get("/v1/caches/\(id)").status == 404)
        #expect(try await service.get("/metrics").text.contains("prisma_cache_bytes 0\n"))
    }

    @Test func activationsAreKeptWhereTheyWouldBeAnswered() async throws {
        let service = try await TestService(["vit": TinyModel()])
        let wish = Requests.document(["hooks": ["*hook_k"], "deterministic": true])
        let target = "/v1/models/vit/activations"
        let plain = try await service.post(target, wish).json
        let stored = try await service.post(target, wish.setting("store", to: true))
        #expect(stored.status == 201)
        let cache = try stored.json
        #expect(cache["tensors"] == nil)
        let k = try await service.get("/v1/caches/\(id(cache))/tensors/k1").json
        #expect(k["data"] == plain.at("tensors", "blocks.1.attn.hook_k", "data"))
        #expect(k["shape"] == plain.at("tensors", "blocks.1.attn.hook_k", "shape"))
        let npy = try await service.post(
            target, wish.setting("store", to: true), fields: Requests.accepting("application/x-npy"))
        #expect(npy.status == 406)
        let dry = wish.setting("store", to: true).setting("dry_run", to: true)
        #expect(try await service.post(target, dry).json["dry_run"] == true)
        #expect(try await service.get("/v1/caches").json["items"]?.count == 1)
    }

    @Test func aDryRunKeepsNothing() async throws {
        let service = try await TestService(["vit": TinyModel()])
        let answer = try await service.post("/v1/caches", Requests.document(["model": "vit", "dry_run": true]))
        #expect(answer.status == 200)
        #expect(try answer.json["dry_run"] == true)
        #expect(try await service.get("/v1/caches").json["items"] == [])
    }

    @Test func partsOfHooksHaveTheirPlaces() async throws {
        let service = try await TestService(["vit": TinyModel()])
        let two: JSONValue = [
            "model": "vit", "inputs": .array([Requests.picture, Requests.otherPicture].map { Requests.image($0) }),
            "hooks": ["*hook_z", "*hook_pattern", "ln_final.hook_scale"],
        ]
        let cache = try await service.post("/v1/caches", two).json
        let root = try "/v1/caches/\(id(cache))/tensors/"
        let z = try tensor(await service.get(root + "z1").json)
        #expect(z.shape == [2, 17, 3, 8])
        let part = try tensor(await service.get(root + "z1?inputs=-1&positions=3,0&heads=2&features=1,2,-1").json)
        let expected = z.rows(1..<2).gathered(axis: 1, [3, 0]).gathered(axis: 2, [2]).gathered(axis: 3, [1, 2, 7])
        #expect(part.shape == [1, 2, 1, 3] && part.elements == expected.elements)
        let pattern = try tensor(await service.get(root + "pattern0?heads=1&positions=0&keys=5,6").json)
        #expect(pattern.shape == [2, 1, 1, 2])
        let scale = try await service.get(root + "scale").json
        #expect(scale["shape"] == [2, 17, 1])
        let npz = try await service.get(root + "z0?inputs=0", fields: Requests.accepting("application/x-npz"))
        #expect(try Npz.decode(npz.bytes, limit: 1 << 24).map(\.name) == ["blocks.0.attn.hook_z"])
        for (query, parameter) in [
            ("z1?heads=3", "heads"), ("z1?positions=17", "positions"), ("z1?keys=0", "keys"),
            ("scale?heads=0", "heads"),
            ("z1?inputs=2", "inputs"), ("scale?features=0", "features"), ("z1?rows=0", "rows"),
        ] {
            let answer = try await service.get(root + query)
            #expect(answer.status == 400 && answer.fieldErrors.first?.place == parameter, "\(query): \(answer.text)")
        }
        let unknown = try await service.get(root + "z2")
        #expect(unknown.status == 404 && unknown.detail.contains("did you mean \"blocks.0.attn.hook_z\""))
    }

    @Test func tensorsHaveTagsAndRanges() async throws {
        let service = try await TestService(["vit": TinyModel()])
        let id = try id(await make(service, ["hooks": ["*resid_post"]]))
        let (target, npy) = ("/v1/caches/\(id)/tensors/resid_post1", "application/x-npy")
        let whole = try await service.get(target, fields: Requests.accepting(npy))
        let tag = try #require(whole.head.headerFields[.eTag])
        #expect(whole.head.headerFields[.acceptRanges] == "bytes")
        let same = try await service.get(
            "/v1/caches/\(id)/tensors/blocks.1.hook_resid_post", fields: [.accept: npy, .ifNoneMatch: tag])
        #expect(same.status == 304)
        for (other, type) in [(target, "application/json"), (target + "?positions=0", npy)] {
            #expect(try await service.get(other, fields: [.accept: type, .ifNoneMatch: tag]).status == 200)
        }
        let part = try await service.get(target, fields: [.accept: npy, .range: "bytes=100-199", .ifRange: tag])
        #expect(part.status == 206 && part.bytes == Array(whole.bytes[100..<200]))
    }

    @Test func whatMadeRoomIsGone() async throws {
        var limits = ServiceLimits()
        limits.cacheBytes = 3 * 17 * 24 * 4
        let service = try await TestService(["vit": TinyModel()], limits: limits)
        let wish: JSONValue = ["hooks": ["*resid_pre"]]
        let first = try id(await make(service, wish))
        let second = try id(await make(service, wish))
        #expect(first != second)
        for target in ["", "/tensors/resid_pre0"] {
            #expect(try await service.get("/v1/caches/\(first)\(target)").status == 410)
        }
        #expect(try await analysis(service, first, ["analysis": "accumulated_resid"]).status == 410)
        #expect(try await service.get("/v1/caches/\(second)").status == 200)
        let large = try await service.post("/v1/caches", Requests.document(["model": "vit", "hooks": ["*resid*"]]))
        #expect(large.status == 413)
        #expect(try large.json["limit"] == "cache_bytes")
        #expect(try await service.get("/v1/caches/\(second)").status == 200)
        #expect(try await service.get("/v1/limits").json["cache_bytes"]?.int == limits.cacheBytes)
        #expect(try await service.get("/metrics").text.contains("prisma_caches_evicted_total 1\n"))
    }

    private static let stacks: [(JSONValue, [String], [Int])] = [
        (["analysis": "accumulated_resid"], ["0_pre", "1_pre", "final_post"], [3, 1, 17, 24]),
        (
            ["analysis": "accumulated_resid", "incl_mid": true, "apply_ln": true],
            ["0_pre", "0_mid", "1_pre", "1_mid", "final_post"], [5, 1, 17, 24]
        ),
        (
            ["analysis": "decompose_resid", "mode": "mlp", "incl_embeds": false], ["0_mlp_out", "1_mlp_out"],
            [2, 1, 17, 24]
        ),
        (
            ["analysis": "decompose_resid", "layer": 1, "position": 3],
            ["embed", "pos_embed", "0_attn_out", "0_mlp_out"], [4, 1, 24]
        ),
        (["analysis": "stack_head_results", "layer": 1, "position": "cls"], ["L0H0", "L0H1", "L0H2"], [3, 1, 1, 24]),
        (
            ["analysis": "stack_neuron_results", "neurons": [-1], "position": [0, 2]], ["L0N39", "L1N39"],
            [2, 1, 2, 24]
        ),
        (
            ["analysis": "full_resid_decomposition", "layer": 0, "mlp_input": true],
            ["L0H0", "L0H1", "L0H2", "embed", "pos_embed", "bias"], [6, 1, 17, 24]
        ),
        (["analysis": "accumulated_bias"], [], [24]),
        (["analysis": "neuron_results", "layer": 0, "neurons": [1, 2], "position": 0], [], [1, 2, 24]),
        (["analysis": "compute_head_results", "layer": 1, "position": [4]], [], [1, 1, 3, 24]),
        (["analysis": "residual_directions", "classes": ["heart", 0]], [], [2, 24]),
        (["analysis": "stack_activation", "hook": "z"], [], [2, 1, 17, 3, 8]),
        (["analysis": "stack_activation", "hook": "resid_post", "layer": 1], [], [1, 1, 17, 24]),
        (
            ["analysis": "logit_attrs", "metric": ["kind": "logit", "classes": [0]]],
            ["embed", "pos_embed", "0_attn_out", "0_mlp_out", "1_attn_out", "1_mlp_out"], [6, 1]
        ),
    ]

    @Test(arguments: stacks)
    func everyAnalysisHasItsShapeAndLabels(_ wish: JSONValue, _ labels: [String], _ shape: [Int]) async throws {
        let service = try await TestService.standard()
        let id = try id(await make(service, ["hooks": Self.stream]))
        let answer = try await analysis(service, id, wish)
        #expect(answer.status == 200, "\(answer.text)")
        let json = try answer.json
        let name = try #require(wish["analysis"]?.string)
        #expect(try tensor(json.at("tensors", name)).shape == shape)
        #expect(json["axes"]?.count == shape.count)
        #expect(json["labels"] == (labels.isEmpty ? nil : .strings(labels)))
        #expect(try await analysis(service, id, wish.setting("return_labels", to: false)).json["labels"] == nil)
    }

    /// What a cache says of a metric is what `/attribution` says.
    @Test func logitAttrsAgreeWithAttribution() async throws {
        let service = try await TestService.standard()
        let id = try id(await make(service, ["hooks": Self.stream, "deterministic": true]))
        let metric: JSONValue = ["kind": "logit_difference", "classes": [3, 1]]
        for (more, of) in [
            ([:] as JSONValue, "component"), (["norm": "prisma"], "component"), (["position": -1], "component"),
        ] {
            let base = [JSONMember("metric", metric)] + (more.object ?? [])
            let direct = try await service.post(
                "/v1/models/vit/attribution",
                Requests.document(.object(base + [JSONMember("by", .string(of))])).setting("deterministic", to: true)
            ).json
            let own = try await analysis(service, id, .object(base + [JSONMember("analysis", "logit_attrs")])).json
            let (ours, theirs) = (
                try tensor(own.at("tensors", "logit_attrs")).elements,
                try tensor(direct.at("tensors", "scores")).elements
            )
            for (x, y) in zip(ours, theirs) { #expect(abs(x - y) < 1e-6) }
            #expect(own["labels"] == direct["labels"])
            #expect(abs((own["constant"]?[0]?.double ?? .nan) - (direct["constant"]?[0]?.double ?? 0)) < 1e-6)
        }
        let wish: JSONValue = [
            "analysis": "logit_attrs", "metric": metric, "position": "all", "of": "stack_head_results",
        ]
        let all = try tensor(await analysis(service, id, wish).json.at("tensors", "logit_attrs"))
        #expect(all.shape == [6, 1, 17])
        let one = try tensor(
            await analysis(service, id, wish.setting("position", to: 5)).json.at("tensors", "logit_attrs"))
        #expect(one.elements == all.slice(axis: 2, 5..<6).elements)
    }

    @Test func theExactNormHasItsBiasBeside() async throws {
        let service = try await TestService.standard()
        let id = try id(await make(service, ["hooks": Self.stream]))
        let wish: JSONValue = ["analysis": "decompose_resid", "apply_ln": true, "norm": "exact"]
        let answer = try await analysis(service, id, wish).json
        let stack = try tensor(answer.at("tensors", "decompose_resid"))
        let bias = try tensor(answer.at("tensors", "ln_bias"))
        let sum = (1..<stack.shape[0]).reduce(stack.row(0)) { $0 + stack.row($1) }.adding(toEach: bias)
        let run = try await service.post("/v1/models/vit/activations", Requests.document(["hooks": ["hook_ln_final"]]))
        let truth = try tensor(run.json.at("tensors", "hook_ln_final"))
        for (x, y) in zip(sum.elements, truth.elements) { #expect(abs(x - y) < 1e-5) }
    }

    private static let wrong: [(JSONValue, String, String)] = [
        (["analysis": "decompose"], "/analysis", "\"decompose_resid\""),
        (["analysis": "decompose_resid", "layer": 3], "/layer", "there is no layer 3: expected 0 … 2"),
        (["analysis": "decompose_resid", "incl_mid": true], "/incl_mid", "decompose_resid has no use for it"),
        (["analysis": "decompose_resid", "mlp_input": true], "/mlp_input", "nothing follows the last stream"),
        (["analysis": "decompose_resid", "position": 17], "/position", "there is no position 17"),
        (["analysis": "decompose_resid", "position": [0, -18]], "/position/1", "there is no position -18"),
        (["analysis": "decompose_resid", "norm": "exact"], "/norm", "apply_ln"),
        (["analysis": "decompose_resid", "inputs": [1]], "/inputs/0", "there is no input 1"),
        (["analysis": "decompose_resid", "layer": 1, "apply_ln": true], "/analysis", "'blocks.1.ln1.hook_scale'"),
        (["analysis": "stack_neuron_results", "neurons": [40]], "/neurons/0", "there is no neuron 40"),
        (["analysis": "stack_activation"], "/hook", "stack_activation needs it"),
        (["analysis": "stack_activation", "hook": "attn_scoers"], "/hook", "no hook of the blocks"),
        (["analysis": "stack_activation", "hook": "q"], "/analysis", "'blocks.0.attn.hook_q'"),
        (["analysis": "compute_head_results"], "/layer", "compute_head_results needs it"),
        (["analysis": "compute_head_results", "layer": 2], "/layer", "there is no layer 2"),
        (["analysis": "residual_directions"], "/classes", "residual_directions needs it"),
        (["analysis": "residual_directions", "classes": [5]], "/classes/0", "there is no class 5"),
        (["analysis": "logit_attrs"], "/metric", "logit_attrs needs it"),
        (
            ["analysis": "logit_attrs", "metric": ["kind": "logit", "classes": ["hart"]]], "/metric/classes/0",
            "did you mean \"heart\"?"
        ),
        (
            ["analysis": "logit_attrs", "metric": ["kind": "loss", "classes": [0]]], "/metric",
            "not linear in the logits"
        ),
    ]

    @Test(arguments: wrong)
    func whatIsWrongIsTold(_ wish: JSONValue, _ place: String, _ says: String) async throws {
        let service = try await TestService.standard()
        let id = try id(await make(service, ["hooks": Self.stream]))
        let answer = try await analysis(service, id, wish)
        #expect(answer.status == 400, "\(answer.text)")
        let error = try #require(answer.fieldErrors.first)
        #expect(error.place == place && error.detail.contains(says), "\(error)")
    }

    @Test func whatACacheLacksIsNamed() async throws {
        let service = try await TestService.standard()
        let few = try id(await make(service, ["hooks": ["*resid_pre", "*resid_post"], "positions": [2, 0]]))
        let missing = try await analysis(service, few, ["analysis": "decompose_resid"])
        #expect(missing.detail.contains("the cache has no 'blocks.0.hook_attn_out', which this needs"))
        let there = try await analysis(service, few, ["analysis": "accumulated_resid", "position": 0]).json
        #expect(try tensor(there.at("tensors", "accumulated_resid")).shape == [3, 1, 24])
        let absent = try await analysis(service, few, ["analysis": "accumulated_resid", "position": 1])
        #expect(absent.status == 400 && absent.detail.contains("position 1 was not kept"))
        let cut = try id(await make(service, ["hooks": ["*resid*"], "features": [0, 1]]))
        let partial = try await analysis(service, cut, ["analysis": "accumulated_resid"])
        #expect(partial.status == 400 && partial.detail.contains("was kept in part"))
        let mean = try id(
            await make(service, ["hooks": ["*resid*"], "reduce": ["op": "mean"]]))
        #expect(try await analysis(service, mean, ["analysis": "accumulated_resid"]).detail.contains("reduce"))
        #expect(try await service.get("/v1/caches/nothing").status == 404)
        let model = try await service.post("/v1/caches", Requests.document(["model": "vlt"]))
        #expect(model.status == 404 && model.detail.contains("did you mean \"vit\"?"))
        let hook = try await service.post("/v1/caches", Requests.document(["model": "vit", "hooks": ["hook_embd"]]))
        #expect(hook.status == 400 && hook.fieldErrors.first?.place == "/hooks/0")
    }

    /// Weights that were read again may be others: parts are made with the model's own.
    @Test func aModelThatWasLoadedAgainIsAnother() async throws {
        let service = try await TestService(["vit": TinyModel()])
        let id = try id(await make(service, ["hooks": Self.stream]))
        _ = try await service.post("/v1/models/vit/unload", [:])
        let unloaded = try await analysis(service, id, ["analysis": "accumulated_resid"])
        #expect(unloaded.status == 409 && unloaded.detail.contains("is not loaded"))
        #expect(try await service.get("/v1/caches/\(id)/tensors/resid_pre0").status == 200)
        _ = try await service.post("/v1/models/vit/load", [:])
        let again = try await analysis(service, id, ["analysis": "accumulated_resid"])
        #expect(again.status == 409 && again.detail.contains("before it was loaded again"))
    }

    @Test func anAnswerOverTheLimitIsRefusedBeforeItIsComputed() async throws {
        var limits = ServiceLimits()
        limits.responseTensors = 8_000
        let service = try await TestService(["vit": TinyModel()], limits: limits)
        let id = try id(await make(service, ["hooks": Self.stream]))
        let wish: JSONValue = ["analysis": "stack_neuron_results"]
        #expect(try await analysis(service, id, wish).status == 413)
        let one = wish.setting("position", to: 0).setting("neurons", to: [0])
        #expect(try await analysis(service, id, one).status == 200)
        #expect(try await service.get("/v1/caches/\(id)/tensors/post0?positions=0").status == 200)
    }
}
