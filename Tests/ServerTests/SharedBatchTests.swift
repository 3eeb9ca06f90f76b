import Checkpoints
import Foundation
import ServiceTesting
import Tensors
import Testing
import TextNumbers

@testable import prisma

/// Requests that want different things of one model share a forward pass, and each gets what it would get alone.
@Suite struct SharedBatchTests {
    private static let hooks = [
        "blocks.*.hook_resid_post", "blocks.*.attn.hook_pattern", "blocks.0.mlp.*", "blocks.11.attn.hook_z",
        "hook_embed",
        "ln_final.*", "blocks.5.*", "hook_*",
    ]

    /// One client's request: its own picture, its own hooks, its own positions.
    private static func request(_ client: Int) -> [UInt8] {
        let picture = SmallPNG(noise: UInt64(client), width: 64, height: 64).bytes
        let document: JSONValue = [
            "inputs": [["image": ["base64": .string(Base64.encode(picture))]]],
            "capture": [
                [
                    "hooks": [.string(hooks[client % hooks.count])],
                    "positions": client % 3 == 0 ? "cls" : client % 3 == 1 ? "all" : [3, 1],
                ]
            ],
        ]
        return document.serialized
    }

    private static func ask(_ port: Int, _ body: [UInt8], alone: Bool) async throws -> [String: Tensor] {
        var document = try JSONValue.parse(body)
        if alone { document = document.setting("deterministic", to: true) }
        let reply = try await RawClient(port: port).request(
            "POST", "/v1/models/vit/run", ["Content-Type: application/json", "Accept: application/x-safetensors"],
            body: document.serialized)
        try #require(reply.status == 200, "\(reply.text)")
        let file = try SafetensorsBytes(reply.body, name: "the answer")
        return try Dictionary(uniqueKeysWithValues: file.entries.map { ($0.name, try file.tensor($0)) })
    }

    @Test(.timeLimit(.minutes(3)))
    func sixteenClientsGetWhatEachGetsAlone() async throws {
        try await LiveServer.with(["vit": LiveServer.slow]) { server in
            let port = server.port
            var alone: [[String: Tensor]] = []
            for client in 0..<16 { alone.append(try await Self.ask(port, Self.request(client), alone: true)) }
            let together = try await withThrowingTaskGroup(of: (Int, [String: Tensor]).self) { group in
                for client in 0..<16 {
                    group.addTask { (client, try await Self.ask(port, Self.request(client), alone: false)) }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for client in 0..<16 {
                let (expected, found) = (alone[client], try #require(together[client]))
                #expect(Set(expected.keys) == Set(found.keys), "client \(client)")
                for (name, tensor) in expected {
                    let other = try #require(found[name])
                    #expect(other.shape == tensor.shape)
                    let largest = tensor.elements.reduce(Float(1e-3)) { max($0, abs($1)) }
                    let difference = zip(tensor.elements, other.elements).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
                    #expect(difference <= 1e-5 * largest, "client \(client): \(name)")
                }
            }
            let metrics = try await RawClient(port: port).request("GET", "/metrics").text
            let batches = metrics.split(separator: "\n").first { $0.hasPrefix("prisma_batch_rows_count") }
            let count = try #require(batches?.split(separator: " ").last.flatMap { Int($0) })
            #expect(count < 32, "\(count) passes for 16 requests alone and 16 together: none was shared")
        }
    }
}
