import Foundation
import HTTPTypes
import ServiceTesting
import Testing
import TextNumbers
import Web

@testable import Service

@Suite struct RoutingTests {
    @Test(arguments: [
        "/nothing", "/v1", "/v1/", "/v1/models/", "/v1/models/vit/", "/v1/models//hooks", "/v1/models/vit/nothing",
        "/v1/models/..%2f..%2fetc%2fpasswd", "/v1/models/..%2fvit", "/v1/models/%2e%2e", "/v1/models/../models/vit/x",
        "/v1/models/vit%00", "/v1/models/vi%20t", "/v1/models/%F0%9F%90%88", "/v1/models/vit%", "/v2/models",
        "//v1/models",
        "/v1/models/..%5cvit", "/V1/models",
    ])
    func whatIsNowhereIs404(_ target: String) async throws {
        let answer = try await TestService.standard().get(target)
        #expect(answer.status == 404, "\(answer.text)")
        #expect(answer.head.headerFields[.contentType] == "application/problem+json")
        #expect(try answer.json["status"] == 404)
        #expect(try answer.json["title"] == "Not Found")
    }

    @Test(arguments: Catalog.all.indices)
    func otherMethodsAreNamedByAllow(_ index: Int) async throws {
        let service = try await TestService.standard()
        let endpoint = Catalog.all[index](service.service)
        let target = "\(endpoint.path)".replacingOccurrences(of: "{model}", with: "vit")
            .replacingOccurrences(of: "{name}", with: "W_E").replacingOccurrences(of: "{classifier}", with: "pets")
            .replacingOccurrences(of: "{cache}", with: "0").replacingOccurrences(of: "{hook}", with: "k0")
        let own = Catalog.all.map { $0(service.service) }.filter { "\($0.path)" == "\(endpoint.path)" }.map(\.method)
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] where !own.contains(method) {
            let answer = try await service.application.ask(method, target)
            #expect(answer.status == 405, "\(method) \(target)")
            let allowed = try #require(answer.head.headerFields[.allow])
            #expect(allowed.contains(endpoint.method.rawValue) && allowed.contains("OPTIONS"))
            #expect(allowed.contains("HEAD") == own.contains(.get))
            #expect(answer.detail.contains(method.rawValue))
        }
        let options = try await service.application.ask(.options, target)
        #expect(options.status == 204)
        #expect(options.head.headerFields[.allow]?.contains(endpoint.method.rawValue) == true)
    }

    @Test func optionsOfTheServerItself() async throws {
        let answer = try await TestService.standard().application.ask(.options, "*")
        #expect(answer.status == 204)
        #expect(answer.head.headerFields[.allow] == "GET, HEAD, OPTIONS, POST")
    }

    /// The head is that of GET; that no body follows is the transport's business.
    @Test func headIsAnsweredAsGet() async throws {
        let service = try await TestService.standard()
        let get = try await service.get("/v1/models/vit")
        let head = try await service.application.ask(.head, "/v1/models/vit")
        #expect(head.status == 200)
        #expect(head.head.headerFields[.contentType] == get.head.headerFields[.contentType])
    }

    @Test(arguments: [
        ("abc-123_.X", true), ("a b", false), ("", false), ("line\nbreak", false),
        (String(repeating: "a", count: 129), false),
        (String(repeating: "a", count: 128), true), ("<script>", false),
    ])
    func aGoodRequestIDIsEchoedAndABadOneReplaced(_ id: String, _ isGood: Bool) async throws {
        let service = try await TestService.standard()
        let field = try #require(HTTPField.Name("X-Request-ID"))
        for target in ["/healthz", "/nothing", "/v1/models/vitt"] {
            let answer = try await service.get(target, fields: [field: id])
            let echoed = try #require(answer.head.headerFields[field])
            #expect((echoed == id) == isGood, "\(echoed)")
            #expect(!echoed.isEmpty)
            if answer.status == 404 { #expect(try answer.json["instance"] == .string(echoed)) }
        }
    }

    @Test func timesAreTold() async throws {
        let answer = try await TestService.standard().post("/v1/models/vit/predict", Requests.document())
        let field = try #require(HTTPField.Name("Server-Timing"))
        let times = try #require(answer.head.headerFields[field])
        for phase in ["queue;dur=", "decode;dur=", "compute;dur=", "encode;dur="] {
            #expect(times.contains(phase), "\(times)")
        }
    }

    @Test func theStartPageIsServedFromThePublicFolder() async throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("<h1>Prisma</h1>".utf8), to: "index.html")
        try folder.write(Array("secret".utf8), to: "../\(folder.url.lastPathComponent)-outside.txt")
        defer { try? FileManager.default.removeItem(atPath: folder.url.path + "-outside.txt") }
        let service = try await TestService([:], publicFolder: folder.url.path)
        let page = try await service.get("/")
        #expect(page.status == 200 && page.text == "<h1>Prisma</h1>")
        for target in [
            "/..%2f\(folder.url.lastPathComponent)-outside.txt", "/../\(folder.url.lastPathComponent)-outside.txt",
        ] {
            let answer = try await service.get(target)
            #expect((400..<500).contains(answer.status) && !answer.text.contains("secret"), "\(target)")
        }
    }

    @Test(arguments: ["text/html", "image/png", "application/x-npy"])
    func whatCannotBeAnsweredInIs406(_ type: String) async throws {
        let answer = try await TestService.standard().get("/healthz", fields: [.accept: type])
        #expect(answer.status == 406)
        #expect(answer.detail.contains("application/json"))
    }
}
