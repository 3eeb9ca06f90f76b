public import HTTPTypes

/// The head of a request as it came off the wire, and what it says about the bytes that follow.
public struct RequestHead: Sendable, Equatable {
    /// HTTP/1.0, or 1.1 (which a higher minor version is taken for: RFC 9110, 2.5).
    public enum Version: Sendable, Equatable {
        case http10
        case http11
    }

    /// How long the body is.
    public enum Framing: Sendable, Equatable {
        case none
        /// Exactly so many bytes, at least one.
        case length(Int)
        case chunked
    }

    /// Method, target and fields. `path` is in origin form (`/a?b`, or `*`), also when the target was absolute;
    /// `authority` is the absolute target's or else the `Host` field's, which is not among the fields.
    public var request: HTTPRequest
    /// The version that the client speaks.
    public var version: Version
    /// How long the body is that follows.
    public var framing: Framing
    /// The client waits for `100 Continue` before it sends the body.
    public var expectsContinue: Bool
    /// The client wants to use the connection again. Never true for HTTP/1.0.
    public var keepsAlive: Bool

    /// A head from its parts, as a test makes one.
    public init(
        request: HTTPRequest, version: Version = .http11, framing: Framing = .none, expectsContinue: Bool = false,
        keepsAlive: Bool = true
    ) {
        self.request = request
        self.version = version
        self.framing = framing
        self.expectsContinue = expectsContinue
        self.keepsAlive = keepsAlive
    }

    /// The declared length of the body in bytes: 0 without a body, `nil` when it comes in chunks.
    public var contentLength: Int? {
        switch framing {
        case .none: 0
        case .length(let length): length
        case .chunked: nil
        }
    }
}
