public import HTTPTypes

/// One request as it came off the wire: a complete head, and a body that may still be arriving.
///
/// A plain value: it knows no socket and no clock, so a test makes one by hand.
public struct Request: Sendable {
    /// Method, target (`path` is the raw origin-form target, query included) and fields.
    public var head: HTTPRequest
    /// The body, not yet read.
    public var body: RequestBody
    /// The peer's address for the log, for example `127.0.0.1:50312`; never sent to a client.
    public var peer: String?

    /// A request from its parts; without a body unless there is one.
    public init(head: HTTPRequest, body: RequestBody = .empty, peer: String? = nil) {
        self.head = head
        self.body = body
        self.peer = peer
    }
}
