public import HTTP
public import TextNumbers

/// One way to write a result: its media type, and how. An endpoint offers several, and `Accept` chooses.
public protocol BodyEncoder<Value>: Sendable {
    associatedtype Value: Sendable

    /// What `Accept` chooses it by.
    var mediaType: MediaType { get }
    /// What the OpenAPI document says of the bytes; `nil` for binary ones.
    var schema: Schema? { get }
    /// For the OpenAPI document.
    var example: JSONValue? { get }

    /// The bytes of `value`, at hand or to be streamed. Large results are best encoded on threads of one's own: this runs
    /// on the cooperative pool.
    /// - Throws: A ``ProblemConvertible`` where this value cannot be written so, for example a 406.
    func encode(_ value: Value, _ context: RequestContext) async throws -> ResponseBody
}

extension BodyEncoder {
    /// None: the bytes are binary.
    public var schema: Schema? { nil }
    /// None.
    public var example: JSONValue? { nil }
}
