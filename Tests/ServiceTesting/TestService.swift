public import Foundation
public import HTTPTypes
public import Logging
public import Service
public import TextNumbers
public import Web

/// The whole service without a socket: requests go straight to its application.
public struct TestService: Sendable {
    /// What is asked.
    public let service: PrismaService
    /// Its interface.
    public let application: HTTPApplication
    private let folder: TemporaryFolder

    /// Serves models of these kinds under the ids given.
    /// - Parameters:
    ///   - broken: models whose checkpoint lacks a tensor.
    ///   - loads: whether the models are loaded before this returns.
    public init(
        _ models: KeyValuePairs<String, TinyModel>, broken: [String] = [], limits: ServiceLimits = ServiceLimits(),
        web: WebLimits = WebLimits(), loads: Bool = true, publicFolder: String? = nil
    ) async throws {
        let folder = try TemporaryFolder()
        var sources: [ModelSource] = []
        for (id, model) in models {
            sources.append(ModelSource(id: id, path: try model.checkpoint.write(to: folder, named: id)))
        }
        for id in broken {
            var checkpoint = TinyModel().checkpoint
            checkpoint.tensors.removeAll { $0.name == "vit.layernorm.bias" }
            sources.append(ModelSource(id: id, path: try checkpoint.write(to: folder, named: id)))
        }
        self.folder = folder
        service = PrismaService(models: sources, limits: limits, webLimits: web, log: TestService.silence)
        application = service.application(publicFolder: publicFolder, log: TestService.silence)
        if loads { await service.models.loadAll() }
    }

    /// Serves checkpoints that lie elsewhere, by their ids.
    public init(paths: [String: URL], limits: ServiceLimits = ServiceLimits()) async throws {
        folder = try TemporaryFolder()
        service = PrismaService(
            models: paths.map { ModelSource(id: $0.key, path: $0.value) }, limits: limits, webLimits: WebLimits(),
            log: TestService.silence)
        application = service.application(publicFolder: nil, log: TestService.silence)
        await service.models.loadAll()
    }

    /// What most tests ask: `vit` (transformers' classifier), `features` (without one), `pooled` (timm's, without class
    /// token), and `broken`.
    public static func standard() async throws -> TestService { try await shared.value }

    private static let shared = Task {
        try await TestService(
            ["vit": TinyModel(), "features": TinyModel(.huggingFaceFeatures), "pooled": TinyModel(.timmPooled)],
            broken: ["broken"])
    }

    /// A log that nobody reads.
    public static let silence = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

    /// Replaces the files of a model; what is in memory stays as it is.
    public func write(_ checkpoint: TinyCheckpoint, named id: String) throws {
        _ = try checkpoint.write(to: folder, named: id)
    }

    /// Asks without a body.
    public func get(_ target: String, fields: HTTPFields = [:]) async throws -> Answer {
        try await application.ask(.get, target, fields: fields)
    }

    /// Asks with a document.
    public func post(_ target: String, _ json: JSONValue, fields: HTTPFields = [:]) async throws -> Answer {
        try await application.ask(.post, target, fields: fields, json: json)
    }

    /// Asks with any body.
    public func post(_ target: String, _ body: [UInt8], type: String, fields: HTTPFields = [:]) async throws -> Answer {
        var fields = fields
        fields[.contentType] = type
        return try await application.ask(.post, target, fields: fields, body: body)
    }

    /// Asks with parts.
    public func post(_ target: String, _ body: MultipartBody, fields: HTTPFields = [:]) async throws -> Answer {
        try await post(target, body.bytes, type: body.contentType, fields: fields)
    }
}
