import HTTPTypes
import ServiceTesting
import Testing
import TextNumbers
import Web

@testable import Service

/// Each endpoint once, as it should be used.
@Suite struct EndpointsTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let method: HTTPRequest.Method
        /// As the catalogue has it.
        let path: String
        /// As a client asks.
        let target: String
        var document: JSONValue?
        /// Whether others would notice.
        var changesTheService = false

        var testDescription: String { "\(method.rawValue) \(target)" }
    }

    /// Not JSON, and tested in files of their own.
    static let elsewhere = [
        "GET /metrics", "POST /v1/models/{model}/classifiers", "GET /v1/models/{model}/classifiers",
        "GET /v1/models/{model}/classifiers/{classifier}", "DELETE /v1/models/{model}/classifiers/{classifier}",
        "POST /v1/caches", "GET /v1/caches/{cache}", "DELETE /v1/caches/{cache}",
        "GET /v1/caches/{cache}/tensors/{hook}", "POST /v1/caches/{cache}/analyses",
    ]

    static let examples = [
        Example(method: .get, path: "/healthz", target: "/healthz"),
        Example(method: .get, path: "/livez", target: "/livez"),
        Example(method: .get, path: "/readyz", target: "/readyz"),
        Example(method: .get, path: "/v1/limits", target: "/v1/limits"),
        Example(method: .get, path: "/v1/version", target: "/v1/version"),
        Example(method: .get, path: "/v1/capabilities", target: "/v1/capabilities"),
        Example(method: .get, path: "/v1/registry", target: "/v1/registry"),
        Example(method: .get, path: "/v1/caches", target: "/v1/caches"),
        Example(method: .get, path: "/v1/models", target: "/v1/models"),
        Example(method: .get, path: "/v1/models", target: "/v1/models?limit=2"),
        Example(method: .get, path: "/v1/models/{model}", target: "/v1/models/vit"),
        Example(method: .get, path: "/v1/models/{model}", target: "/v1/models/features"),
        Example(method: .get, path: "/v1/models/{model}", target: "/v1/models/broken"),
        Example(method: .get, path: "/v1/models/{model}/hooks", target: "/v1/models/pooled/hooks"),
        Example(method: .post, path: "/v1/models/{model}/load", target: "/v1/models/vit/load"),
        Example(
            method: .post, path: "/v1/models/{model}/unload", target: "/v1/models/vit/unload", changesTheService: true),
        Example(method: .get, path: "/v1/models/{model}/weights", target: "/v1/models/vit/weights?limit=3"),
        Example(
            method: .get, path: "/v1/models/{model}/weights/{name}",
            target: "/v1/models/pooled/weights/blocks.0.attn.W_O"),
        Example(
            method: .get, path: "/v1/models/{model}/circuits",
            target: "/v1/models/pooled/circuits?kind=ov&layers=0&heads=0,-1"),
        Example(
            method: .get, path: "/v1/models/{model}/circuits", target: "/v1/models/vit/circuits?kind=composition_k"),
        Example(
            method: .post, path: "/v1/models/{model}/predict", target: "/v1/models/vit/predict",
            document: Requests.document(["answer": "heart", "top_k": 2])),
        Example(
            method: .post, path: "/v1/models/{model}/predict", target: "/v1/models/pooled/predict",
            document: Requests.document()),
        Example(
            method: .post, path: "/v1/models/{model}/run", target: "/v1/models/features/run",
            document: Requests.document(["capture": [["hooks": ["*.hook_z"], "heads": [0]]]])),
        Example(
            method: .post, path: "/v1/models/{model}/run", target: "/v1/models/vit/run",
            document: Requests.document(["dry_run": true])),
        Example(
            method: .post, path: "/v1/models/{model}/attention", target: "/v1/models/vit/attention",
            document: Requests.document(["summary": true, "rollout": "mean"])),
        Example(
            method: .post, path: "/v1/models/{model}/attention", target: "/v1/models/pooled/attention",
            document: Requests.document()),
        Example(
            method: .post, path: "/v1/models/{model}/logit-lens", target: "/v1/models/vit/logit-lens",
            document: Requests.document(["directions": ["heart"]])),
        Example(
            method: .post, path: "/v1/models/{model}/logit-lens", target: "/v1/models/vit/logit-lens",
            document: Requests.document(["logits": false])),
        Example(
            method: .post, path: "/v1/models/{model}/attribution", target: "/v1/models/vit/attribution",
            document: Requests.document(["metric": ["kind": "logit", "classes": [1]], "by": "layer"])),
        Example(
            method: .post, path: "/v1/models/{model}/attribution", target: "/v1/models/pooled/attribution",
            document: Requests.document(["metric": ["kind": "logit", "classes": [1]], "by": "neuron"])),
        Example(
            method: .post, path: "/v1/models/{model}/ablation", target: "/v1/models/vit/ablation",
            document: Requests.document([
                "metric": ["kind": "loss", "classes": [1]], "sweep": ["hook": "mlp_out", "over": ["layer"]],
            ])),
        Example(
            method: .post, path: "/v1/models/{model}/patching", target: "/v1/models/vit/patching",
            document: [
                "clean": Requests.image(Requests.picture), "corrupt": Requests.image(Requests.otherPicture),
                "sweep": ["hook": "resid_pre", "over": ["layer"]],
            ]),
        Example(
            method: .post, path: "/v1/models/{model}/patching", target: "/v1/models/vit/patching",
            document: [
                "clean": Requests.image(Requests.picture), "corrupt": Requests.image(Requests.otherPicture),
                "path": ["sender": [:], "receivers": [["hook": "q", "layer": 1]]],
            ]),
        Example(
            method: .post, path: "/v1/models/{model}/activations", target: "/v1/models/vit/activations",
            document: Requests.document(["hooks": ["hook_embed"]])),
    ]

    private static func endpoints(of service: TestService) -> [Endpoint] { Catalog.all.map { $0(service.service) } }

    /// A line of the catalogue that no example uses would be one that no test asks.
    @Test func everyEndpointOfTheCatalogueHasAnExample() async throws {
        let endpoints = Self.endpoints(of: try await .standard()).map { "\($0.method.rawValue) \($0.path)" }
        let examples = Self.examples.map { "\($0.method.rawValue) \($0.path)" } + Self.elsewhere
        #expect(Set(endpoints) == Set(examples))
        #expect(Set(endpoints).count == endpoints.count)
    }

    /// The answer is what the documentation promises: status, media type, and every member.
    @Test(arguments: examples)
    func theAnswerIsAsItsSchemaSays(_ example: Example) async throws {
        let service =
            try await example.changesTheService ? TestService(["vit": TinyModel()]) : TestService.standard()
        let answer =
            if let document = example.document {
                try await service.post(example.target, document)
            } else { try await service.application.ask(example.method, example.target) }
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.head.headerFields[.contentType] == "application/json")
        let endpoint = try #require(
            Self.endpoints(of: service).first { $0.method == example.method && "\($0.path)" == example.path })
        let schema = try #require(endpoint.description.response.media.first?.schema)
        #expect(schema.mismatches(in: try answer.json).map { "\($0.place): \($0.detail)" } == [])
    }

    @Test func theOpenAPIDocumentListsExactlyTheCatalogue() async throws {
        let service = try await TestService.standard()
        let document = try await service.get("/openapi.json").json
        let listed = (document["paths"]?.object ?? []).flatMap { path in
            path.value.keys.map { "\($0.uppercased()) \(path.key)" }
        }
        let served = Self.endpoints(of: service).map { "\($0.method.rawValue) \($0.path)" } + ["GET /openapi.json"]
        #expect(listed.sorted() == served.sorted())
    }

    /// Examples of bodies are read by the endpoint's own form when the endpoint is made; here they fit its schema, too,
    /// and those of answers fit theirs.
    @Test func everyExampleFitsItsSchema() async throws {
        var count = 0
        for endpoint in Self.endpoints(of: try await .standard()) {
            let media = (endpoint.description.request?.media ?? []) + endpoint.description.response.media
            for medium in media {
                guard let example = medium.example, let schema = medium.schema else { continue }
                count += 1
                #expect(schema.mismatches(in: example).isEmpty, "\(endpoint.path)")
            }
            if endpoint.method == .post, endpoint.description.request != nil {
                #expect(endpoint.description.request?.media.contains { $0.example != nil } == true, "\(endpoint.path)")
            }
        }
        #expect(count >= 5)
    }

    /// Whoever tries the documentation's example gets an answer.
    @Test func examplesOfBodiesAreAnswered() async throws {
        let service = try await TestService.standard()
        for endpoint in Self.endpoints(of: service)
        where !Self.elsewhere.contains("\(endpoint.method.rawValue) \(endpoint.path)") {
            for medium in endpoint.description.request?.media ?? [] {
                guard let example = medium.example else { continue }
                let target = "\(endpoint.path)".replacing("{model}", with: "vit")
                let answer = try await service.post(target, example)
                #expect(answer.status == 200, "\(target): \(answer.text)")
            }
        }
    }

    @Test func limitsAreThoseInForce() async throws {
        var limits = ServiceLimits()
        limits.inputs = 7
        limits.deadline = .milliseconds(1_500)
        var web = WebLimits()
        web.body = 12_345
        let document = try await TestService([:], limits: limits, web: web).get("/v1/limits").json
        #expect(document["inputs"] == 7)
        #expect(document["deadline"] == 1_500)
        #expect(document["body"] == 12_345)
        #expect(document["image_pixels"] == 50_000_000)
        #expect(document["response_tensors"] == 1_073_741_824)
        #expect(document["queue"] == 256)
    }

    @Test func withoutModelsTheServerIsReady() async throws {
        let service = try await TestService([:])
        #expect(try await service.get("/readyz").json == ["status": "ready", "failed": []])
        #expect(try await service.get("/v1/models").json == ["items": [], "next_cursor": nil])
    }
}
