import Foundation
import ServiceTesting
import Synchronization
import Testing
import TextNumbers

@testable import prisma

/// Many clients at once.
@Suite struct LoadTests {
    private static let picture = SmallPNG(noise: 1).bytes
    private static let png = "Content-Type: image/png"
    private static let json = "Content-Type: application/json"

    /// A kind of request and the statuses that the interface promises for it.
    private struct Kind: Sendable {
        let method: String
        let target: String
        var fields: [String] = []
        var body: [UInt8] = []
        let promised: Set<Int>
    }

    private static let kinds = [
        Kind(method: "GET", target: "/healthz", promised: [200]),
        Kind(method: "GET", target: "/v1/models", promised: [200]),
        Kind(method: "GET", target: "/v1/models/vit/hooks", promised: [200]),
        Kind(method: "GET", target: "/nothing", promised: [404]),
        Kind(method: "GET", target: "/openapi.json", fields: ["Accept-Encoding: gzip"], promised: [200]),
        Kind(method: "POST", target: "/v1/models/vit/predict", fields: [png], body: picture, promised: [200, 429]),
        Kind(method: "POST", target: "/v1/models/vit/activations", fields: [png], body: picture, promised: [200, 429]),
        Kind(
            method: "POST", target: "/v1/models/vit/activations", fields: [png, "Accept: application/x-npz"],
            body: picture,
            promised: [200, 429]),
        Kind(
            method: "POST", target: "/v1/models/vit/run", fields: [json], body: Array("{\"inputs\":[".utf8),
            promised: [400]),
        Kind(
            method: "POST", target: "/v1/models/vit/predict", fields: [png], body: Array("no picture".utf8),
            promised: [422, 429]),
        Kind(
            method: "POST", target: "/v1/models/vit/predict", fields: [png, "Prisma-Deadline-Ms: 1"], body: picture,
            promised: [200, 429, 504]),
    ]

    @Test(.timeLimit(.minutes(3)))
    func sixtyFourClientsGetWhatIsPromised() async throws {
        try await LiveServer.with(limits: ["queue": 16]) { server in
            let port = server.port
            let counts = try await withThrowingTaskGroup(of: [Int: Int].self) { group in
                for client in 0..<64 {
                    group.addTask { try await Self.load(port, seed: UInt64(client)) }
                }
                return try await group.reduce(into: [:]) { $0.merge($1) { $0 + $1 } }
            }
            print(
                "load: \(counts.sorted { $0.key < $1.key }.map { "\($0.key) × \($0.value)" }.joined(separator: ", "))")
            #expect(counts[200] ?? 0 > 0)
            #expect(try await server.status("GET", "/readyz") == 200)
        }
    }

    /// For three seconds, one request after the other; now and then over a new connection.
    private static func load(_ port: Int, seed: UInt64) async throws -> [Int: Int] {
        var generator = SeededGenerator(seed: seed)
        var counts: [Int: Int] = [:]
        var client = try RawClient(port: port)
        let end = ContinuousClock.now + .seconds(3)
        while ContinuousClock.now < end {
            let kind = kinds[Int.random(in: 0..<kinds.count, using: &generator)]
            let reply = try await client.request(kind.method, kind.target, kind.fields, body: kind.body)
            #expect(
                kind.promised.contains(reply.status), "\(kind.method) \(kind.target): \(reply.status) \(reply.text)")
            counts[reply.status, default: 0] += 1
            let ends = reply.fields["connection"]?.lowercased() == "close"
            if ends || Int.random(in: 0..<20, using: &generator) == 0 { client = try RawClient(port: port) }
        }
        return counts
    }
}
