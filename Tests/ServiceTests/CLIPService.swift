import Foundation
import HTTPTypes
import Service
import ServiceTesting
import TextNumbers
import Web

/// A service of `clip` (with a tokenizer), `clip-ids` (without), and `vit`, or of checkpoints that are there already.
struct CLIPService: Sendable {
    let application: HTTPApplication
    let service: PrismaService
    private let folder: TemporaryFolder?

    static let tiny = TinyCLIP()

    static func standard() async throws -> CLIPService { try await shared.value }

    private static let shared = Task { try await CLIPService() }

    init(limits: ServiceLimits = ServiceLimits()) async throws {
        let folder = try TemporaryFolder()
        var plain = Self.tiny
        plain.logitScale = nil
        try await self.init(
            [
                ModelSource(id: "clip", path: try Self.tiny.write(to: folder, named: "clip")),
                ModelSource(id: "clip-ids", path: try plain.write(to: folder, named: "clip-ids", withTokenizer: false)),
                ModelSource(id: "vit", path: try TinyModel().checkpoint.write(to: folder, named: "vit")),
            ], limits: limits, folder: folder)
    }

    init(_ models: [ModelSource], limits: ServiceLimits = ServiceLimits(), folder: TemporaryFolder? = nil) async throws
    {
        self.folder = folder
        service = PrismaService(models: models, limits: limits, webLimits: WebLimits(), log: TestService.silence)
        application = service.application(publicFolder: nil, log: TestService.silence)
        await service.models.loadAll()
    }

    func get(_ target: String) async throws -> Answer { try await application.ask(.get, "/v1/models/" + target) }

    func post(_ target: String, _ json: JSONValue, fields: HTTPFields = [:]) async throws -> Answer {
        try await application.ask(.post, "/v1/models/" + target, fields: fields, json: json)
    }

    func delete(_ target: String) async throws -> Answer { try await application.ask(.delete, "/v1/models/" + target) }

    /// Inputs that have been through a tower.
    func computedRows() async throws -> Int {
        let text = try await application.ask(.get, "/metrics").text
        let line = text.split(separator: "\n").first { $0.hasPrefix("prisma_batch_rows_sum") }
        return line?.split(separator: " ").last.flatMap { Double($0) }.map { Int($0) } ?? -1
    }
}
