public import HTTP
public import TextNumbers

/// Writes `application/json` through a closure.
public struct JSONBody<Value: Sendable>: BodyEncoder {
    /// `application/json`.
    public var mediaType: MediaType { MediaType("application", "json") }
    /// Of the document.
    public let schema: Schema?
    /// A document of the schema.
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

    /// The document of `value`.
    public func encode(_ value: Value, _ context: RequestContext) throws -> ResponseBody { .bytes(try document(value)) }
}
