import Foundation
import Logging
import ServiceTesting
import TextNumbers
import Transport

@testable import prisma

/// The program's own server on a free port, with tiny models.
struct LiveServer: Sendable {
    let running: RunningServer
    private let folder: TemporaryFolder

    /// A log that nobody reads.
    static let silence = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

    /// The port in use.
    var port: Int { running.address.port }

    /// Starts a server and waits until its models are loaded.
    /// - Parameters:
    ///   - limits: as the configuration's `limits:`.
    ///   - grace: seconds that running work may take when it stops.
    init(
        _ models: KeyValuePairs<String, TinyModel> = ["vit": TinyModel()], limits: JSONValue = [:], grace: Int64 = 30,
        waits: Bool = true
    ) async throws {
        folder = try TemporaryFolder()
        var entries: [JSONValue] = []
        for (id, model) in models {
            _ = try model.checkpoint.write(to: folder, named: id)
            entries.append(["id": .string(id), "path": .string(id)])
        }
        let document: JSONValue = [
            "server": ["port": 0, "grace_seconds": .integer(grace)], "models": .array(entries), "limits": limits,
        ]
        let configuration = try Configuration(document, file: "test.yaml", folder: folder.url)
        running = try await RunningServer(configuration, log: Self.silence)
        if waits { await running.untilLoaded() }
    }

    /// A connection of its own.
    func client() throws -> RawClient { try RawClient(port: port) }

    /// The status that a request over a connection of its own gets.
    func status(_ method: String, _ target: String, _ fields: [String] = [], body: [UInt8] = []) async throws -> Int {
        try await client().request(method, target, fields, body: body).status
    }

    /// Runs `body` and stops the server, whatever comes of it.
    static func with(
        _ models: KeyValuePairs<String, TinyModel> = ["vit": TinyModel()], limits: JSONValue = [:],
        _ body: (LiveServer) async throws -> Void
    ) async throws {
        let server = try await LiveServer(models, limits: limits)
        do {
            try await body(server)
        } catch {
            await server.running.stop()
            throw error
        }
        await server.running.stop()
    }

    /// A model slow enough that a request can be caught while it computes.
    static let slow = TinyModel(layers: 12, width: 192, heads: 3, neurons: 768, image: 64, patch: 8)
}
