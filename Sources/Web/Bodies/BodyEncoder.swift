public import HTTP
public import TextNumbers

/// One way to write a result: its media type, and how. An endpoint offers several, and `Accept` chooses.
public protocol BodyEncoder<Value>: Sendable {
    associatedtype Value: Sendable

    var mediaType: MediaType { get }
    /// What the OpenAPI document says of the bytes; `nil` for binary ones.
    var schema: Schema? { get }
    var example: JSONValue? { get }

    /// The bytes of `value`, at hand or to be streamed. Large results are best encoded on threads of one's own: this runs
    /// on the cooperative pool.
    /// - Throws: A ``ProblemConvertible`` where this value cannot be written so, for example a 406.
    func encode(_ value: Value, _ context: RequestContext) async throws -> ResponseBody
}

extension BodyEncoder {
    public var schema: Schema? { nil }
    public var example: JSONValue? { nil }
}

/// Writes `application/json` through a closure.
public struct JSONBody<Value: Sendable>: BodyEncoder {
    public var mediaType: MediaType { MediaType("application", "json") }
    public let schema: Schema?
    public let example: JSONValue?
    private let document: @Sendable (Value) throws -> [UInt8]

    /// - Parameter document: The value as a JSON document of the schema.
    public init(
        _ schema: Schema, example: JSONValue? = nil, document: @escaping @Sendable (Value) throws -> JSONValue
    ) {
        self.schema = schema
        self.example = example
        self.document = { try document($0).serialized }
    }

    public func encode(_ value: Value, _ context: RequestContext) throws -> ResponseBody { .bytes(try document(value)) }
}

/// Writes text that is made already, such as metrics.
public struct TextBody: BodyEncoder {
    public let mediaType: MediaType

    public init(_ mediaType: MediaType = MediaType("text", "plain")) { self.mediaType = mediaType }

    public func encode(_ value: String, _ context: RequestContext) -> ResponseBody { .bytes(Array(value.utf8)) }
}
