public import HTTP
public import HTTPTypes
public import TextNumbers

// A request through a handler without a socket, for tests and for the command line.

extension RequestHandler {
    /// Asks and reads the whole answer.
    /// - Throws: What producing a streamed body throws.
    public func ask(
        _ method: HTTPRequest.Method, _ target: String, fields: HTTPFields = [:], body: [UInt8] = []
    ) async throws -> Answer {
        let head = HTTPRequest(
            method: method, scheme: "http", authority: "localhost", path: target, headerFields: fields)
        let response = await respond(to: Request(head: head, body: .bytes(body)))
        return Answer(head: response.head, bytes: try await response.body.collected())
    }

    /// The same with a JSON document.
    public func ask(
        _ method: HTTPRequest.Method, _ target: String, fields: HTTPFields = [:], json: JSONValue
    ) async throws -> Answer {
        var fields = fields
        fields[.contentType] = "application/json"
        return try await ask(method, target, fields: fields, body: json.serialized)
    }
}

/// A response with all of its body.
public struct Answer: Sendable {
    /// Status and fields.
    public let head: HTTPResponse
    /// The body.
    public let bytes: [UInt8]

    /// The status code.
    public var status: Int { head.status.code }
    /// The body as text, broken UTF-8 repaired.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
    /// - Throws: When the body is no JSON.
    public var json: JSONValue { get throws { try JSONValue.parse(bytes) } }
}

extension RequestBody {
    /// A body that is at hand, given in pieces of at most `piece` bytes.
    public static func bytes(_ bytes: [UInt8], piece: Int = 1 << 20) -> RequestBody {
        let source = Pieces(bytes, piece)
        return RequestBody(contentLength: bytes.count) { await source.next() }
    }
}

private actor Pieces {
    private let bytes: [UInt8]
    private let size: Int
    private var at = 0

    init(_ bytes: [UInt8], _ size: Int) {
        self.bytes = bytes
        self.size = size
    }

    func next() -> [UInt8]? {
        guard at < bytes.count else { return nil }
        defer { at += size }
        return Array(bytes[at..<min(at + size, bytes.count)])
    }
}

extension ResponseBody {
    /// All of it, produced if need be.
    public func collected() async throws -> [UInt8] {
        switch self {
        case .bytes(let bytes): return bytes
        case .stream(_, let produce):
            let collector = Collector()
            try await produce(collector)
            return await collector.bytes
        }
    }
}

private actor Collector: ResponseWriter {
    private(set) var bytes: [UInt8] = []
    func write(_ bytes: [UInt8]) { self.bytes += bytes }
}
