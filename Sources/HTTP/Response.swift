public import HTTPTypes

/// One response: a head, and a body that is either at hand or produced while it is sent.
public struct Response: Sendable {
    /// Status and fields, without those of framing: the transport's own.
    public var head: HTTPResponse
    /// What follows the head.
    public var body: ResponseBody

    /// A response of a complete head.
    public init(head: HTTPResponse, body: ResponseBody = .bytes([])) {
        self.head = head
        self.body = body
    }

    /// A response of a status and fields.
    public init(status: HTTPResponse.Status, headerFields: HTTPFields = [:], body: ResponseBody = .bytes([])) {
        self.init(head: HTTPResponse(status: status, headerFields: headerFields), body: body)
    }
}

/// What follows a response's head. The transport adds `Content-Length` or chunked framing.
public enum ResponseBody: Sendable {
    case bytes([UInt8])
    /// Produced piece by piece. With a `contentLength` exactly that many bytes follow; without one the
    /// transfer is chunked (or, to HTTP/1.0, ended by closing).
    case stream(contentLength: Int?, @Sendable (any ResponseWriter) async throws -> Void)
}

/// Takes the pieces of a streamed body.
public protocol ResponseWriter: Sendable {
    /// Sends `bytes`; returns when there is room for more, throws when the peer has gone.
    func write(_ bytes: [UInt8]) async throws
}
