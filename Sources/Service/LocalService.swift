internal import HTTPTypes
internal import Logging
public import TextNumbers
internal import Web

/// The server's own interface without a socket, for programs that want some answers and then end.
public struct LocalService: Sendable {
    private let application: HTTPApplication

    /// Loads the models.
    /// - Parameter inputs: the most that will be sent at once.
    public init(_ models: [ModelSource], limits: ServiceLimits = ServiceLimits(), inputs: Int = 1) async {
        var limits = limits
        // These bound strangers; who sits at the terminal has memory and patience of their own.
        limits.inputs = max(limits.inputs, inputs)
        limits.responseTensors = 1 << 40
        limits.requestMemory = 1 << 50
        limits.deadline = .seconds(7 * 24 * 3_600)
        var web = WebLimits()
        web.body = 1 << 40
        let silence = Logger(label: "prisma") { _ in SwiftLogNoOpLogHandler() }
        let service = PrismaService(models: models, limits: limits, webLimits: web, log: silence)
        application = service.application(publicFolder: nil, log: silence)
        await service.models.loadAll(digests: false)
    }

    /// What `GET` of a target answers, problems as well.
    public func get(_ target: String) async throws -> JSONValue { try await application.ask(.get, target).json }

    /// What `POST` of a document answers, as a media type that the endpoint offers.
    /// - Throws: ``Refusal`` with what the server would have said.
    public func post(
        _ target: String, _ document: JSONValue, accept: String = "application/json"
    ) async throws -> [UInt8] {
        let answer = try await application.ask(.post, target, fields: [.accept: accept], json: document)
        guard answer.status == 200 else { throw Refusal(problem: try answer.json) }
        return answer.bytes
    }

    /// An answer that is a problem.
    public struct Refusal: Error, CustomStringConvertible {
        /// As a client would have got it.
        public let problem: JSONValue

        /// The first field that is wrong, for whoever wrote the document knows its place; else the whole.
        public var description: String {
            problem["errors"]?[0]?["detail"]?.string ?? problem["detail"]?.string ?? "it was refused"
        }
    }
}
