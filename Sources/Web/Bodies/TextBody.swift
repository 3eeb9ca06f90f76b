public import HTTP

/// Writes text that is made already, such as metrics.
public struct TextBody: BodyEncoder {
    /// Of the text.
    public let mediaType: MediaType

    /// Writes a `String` as UTF-8.
    public init(_ mediaType: MediaType = MediaType("text", "plain")) { self.mediaType = mediaType }

    /// The text as it is.
    public func encode(_ value: String, _ context: RequestContext) -> ResponseBody { .bytes(Array(value.utf8)) }
}
