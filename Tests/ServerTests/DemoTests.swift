import Foundation
import ServiceTesting
import Testing
import TextNumbers
import Transport

@testable import prisma

/// What a stranger sees first: the committed configuration, its model, its page.
@Suite struct DemoTests {
    private static let samples = Golden.package.appending(path: "public/assets/samples")

    private func serving(_ body: (RawClient) async throws -> Void) async throws {
        var configuration = try Configuration(path: ConfigurationTests.committed.path)
        configuration.port = 0
        let running = try await RunningServer(configuration, log: LiveServer.silence)
        await running.untilLoaded()
        do {
            try await body(RawClient(port: running.address.port))
        } catch {
            await running.stop()
            throw error
        }
        await running.stop()
    }

    @Test(arguments: ["square", "ellipse", "heart"])
    func theSamplesAreToldApart(_ shape: String) async throws {
        let picture = [UInt8](try Data(contentsOf: Self.samples.appending(path: "\(shape).png")))
        try await serving { client in
            let answer = try await client.request(
                "POST", "/v1/models/shapes/predict", ["Content-Type: image/png"], body: picture)
            #expect(answer.status == 200, "\(answer.text)")
            let top = try #require(try JSONValue.parse(answer.body)["results"]?[0]?["top"])
            #expect(top.count == 3)
            #expect(top[0]?["label"] == .string(shape))
            #expect(top[0]?["emoji"]?.string?.isEmpty == false)
        }
    }

    @Test("a page and all that it names are served", arguments: ["/", "/attention", "/logit-lens", "/api"])
    func pageIsServed(_ address: String) async throws {
        try await serving { client in
            let page = try await client.request("GET", address)
            #expect(page.status == 200)
            #expect(page.fields["content-type"]?.hasPrefix("text/html") == true)
            let parts = page.text.components(separatedBy: "\"").filter { $0.contains("assets/") && !$0.contains(" ") }
            #expect(!parts.isEmpty)
            for part in parts {
                let target = part.hasPrefix("/") ? part : "/" + part.drop { $0 == "." || $0 == "/" }
                let answer = try await client.request("GET", target)
                #expect(answer.status == 200, "\(target)")
                let tag = try #require(answer.fields["etag"])
                let again = try await client.request("GET", target, ["If-None-Match: \(tag)"])
                #expect(again.status == 304, "\(target)")
            }
        }
    }
}
