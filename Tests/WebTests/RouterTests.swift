import HTTPTypes
import Testing

@testable import Web

struct RouterTests {
    private static let router: Router<String> = {
        var router = Router<String>()
        let routes: [(HTTPRequest.Method, PathPattern)] = [
            (.get, "/"), (.get, "/healthz"), (.get, "/v1/models"), (.get, "/v1/models/{model}"),
            (.get, "/v1/models/special"), (.get, "/v1/models/{model}/hooks"), (.post, "/v1/models/{model}/predict"),
            (.get, "/v1/models/special/only"), (.get, "/v1/caches/{id}/tensors/{hook}"),
            (.delete, "/v1/caches/{cache}"),
            (.get, "/v1/caches/{id}"), (.put, "/v1/datasets/{id}"), (.post, "/v1/datasets/{id}/images"),
        ]
        for (method, path) in routes { router.add(method, path, "\(method.rawValue) \(path)") }
        return router
    }()

    struct Case: Sendable, CustomTestStringConvertible {
        let method: HTTPRequest.Method
        let target: String
        let outcome: String
        var testDescription: String { "\(method.rawValue) \(target)" }

        init(_ method: HTTPRequest.Method, _ target: String, _ outcome: String) {
            self.method = method
            self.target = target
            self.outcome = outcome
        }
    }

    @Test("goes to", arguments: found + refused + malformed) func outcome(_ example: Case) {
        #expect(Self.outcome(example.method, example.target) == example.outcome)
    }

    /// `route a=b` for a match, the methods for a path without this one, `404` for none.
    private static func outcome(_ method: HTTPRequest.Method, _ target: String) -> String {
        guard let target = RequestTarget(target) else { return "404" }
        switch router.match(method, target.segments) {
        case .found(let route, let parameters):
            return ([route] + parameters.values.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }).joined(separator: " ")
        case .otherMethods(let methods): return methods.map(\.rawValue).joined(separator: " ")
        case .none: return "404"
        }
    }

    private static let found: [Case] = [
        .init(.get, "/", "GET /"), .init(.get, "/?x=1", "GET /"), .init(.get, "/healthz", "GET /healthz"),
        .init(.head, "/healthz", "GET /healthz"), .init(.get, "/healthz?", "GET /healthz"),
        .init(.get, "/healthz?a/b=../c", "GET /healthz"), .init(.get, "/v1/models", "GET /v1/models"),
        .init(.get, "/v1/models/vit", "GET /v1/models/{model} model=vit"),
        .init(.get, "/v1/models/a.B_c@9-", "GET /v1/models/{model} model=a.B_c@9-"),
        .init(.get, "/v1/models/%76it", "GET /v1/models/{model} model=vit"),
        .init(.get, "/%76%31/models", "GET /v1/models"),
        .init(.get, "/v1/models/special", "GET /v1/models/special"),
        .init(.get, "/v1/models/special/only", "GET /v1/models/special/only"),
        .init(.get, "/v1/models/special/hooks", "GET /v1/models/{model}/hooks model=special"),
        .init(.get, "/v1/models/other/hooks", "GET /v1/models/{model}/hooks model=other"),
        .init(.post, "/v1/models/vit/predict", "POST /v1/models/{model}/predict model=vit"),
        .init(
            .get, "/v1/caches/c1/tensors/blocks.3.attn.hook_q",
            "GET /v1/caches/{id}/tensors/{hook} hook=blocks.3.attn.hook_q id=c1"),
        .init(.delete, "/v1/caches/c1", "DELETE /v1/caches/{cache} cache=c1"),
        .init(.get, "/v1/caches/c1", "GET /v1/caches/{id} id=c1"),
        .init(.get, "/v1/models/...", "GET /v1/models/{model} model=..."),
        .init(
            .get, "/v1/models/\(String(repeating: "a", count: 128))",
            "GET /v1/models/{model} model=\(String(repeating: "a", count: 128))"),
    ]

    private static let refused: [Case] = [
        .init(.post, "/", "GET HEAD OPTIONS"), .init(.put, "/healthz", "GET HEAD OPTIONS"),
        .init(.get, "/v1/models/vit/predict", "OPTIONS POST"), .init(.head, "/v1/models/vit/predict", "OPTIONS POST"),
        .init(.post, "/v1/caches/c1", "DELETE GET HEAD OPTIONS"), .init(.options, "/healthz", "GET HEAD OPTIONS"),
        .init(.init("BREW") ?? .get, "/healthz", "GET HEAD OPTIONS"), .init(.get, "/nothing", "404"),
        .init(.get, "/v1", "404"),
        .init(.get, "/v1/caches", "404"), .init(.get, "/v1/models/a/b/c", "404"), .init(.get, "/HEALTHZ", "404"),
        .init(.get, "/v1/models/a/tensors", "404"), .init(.get, "/v1/caches/a/tensors", "404"),
    ]

    private static let malformed: [Case] = [
        .init(.get, "", "404"), .init(.get, "healthz", "404"), .init(.get, "*", "404"), .init(.get, "//", "404"),
        .init(.get, "/healthz/", "404"), .init(.get, "//healthz", "404"), .init(.get, "/v1//models", "404"),
        .init(.get, "/v1/models/", "404"), .init(.get, "/./healthz", "404"), .init(.get, "/v1/../healthz", "404"),
        .init(.get, "/v1/%2e%2e/healthz", "404"), .init(.get, "/v1/..%2fhealthz", "404"),
        .init(.get, "/v1/models/..", "404"),
        .init(.get, "/v1/models/%2e", "404"), .init(.get, "/v1%2Fmodels", "404"),
        .init(.get, "/v1/models/a%2fb", "404"),
        .init(.get, "/v1/models/a%5cb", "404"), .init(.get, "/v1/models/a\\b", "404"),
        .init(.get, "/v1/models/%00", "404"),
        .init(.get, "/v1/models/a%0d%0ab", "404"), .init(.get, "/v1/models/%", "404"),
        .init(.get, "/v1/models/%4", "404"),
        .init(.get, "/v1/models/%zz", "404"), .init(.get, "/v1/models/%ff", "404"),
        .init(.get, "/v1/models/%c3%a9", "404"),
        .init(.get, "/v1/models/a%252fb", "404"), .init(.get, "/v1/models/a b", "404"),
        .init(.get, "/v1/models/a+b", "404"),
        .init(.get, "/v1/models/a:b", "404"), .init(.get, "/v1/models/a;b", "404"),
        .init(.get, "/v1/models/~root", "404"),
        .init(.get, "/v1/models/\(String(repeating: "a", count: 129))", "404"),
        .init(.get, "/v1/models/{model}", "404"),
    ]

    @Test func aPathDeclaredTwiceIsAMistakeOfTheProgram() async {
        await #expect(processExitsWith: .failure) {
            var router = Router<Int>()
            router.add(.get, "/a/{x}", 1)
            router.add(.get, "/a/{y}", 2)
        }
    }
}
