public import HTTPTypes

/// One answered request, for metrics and the access log.
public struct RequestRecord: Sendable {
    /// The request's method.
    public var method: HTTPRequest.Method
    /// The path of the endpoint, such as `/v1/models/{model}`; `nil` when there was none. Bounded in number, unlike paths.
    public var route: String?
    /// The answer's status.
    public var status: HTTPResponse.Status
    /// Until the head was ready; a streamed body comes after it.
    public var duration: Duration
}
