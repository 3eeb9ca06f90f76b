public import HTTP

/// What a server is set up with.
public struct ServerConfiguration: Sendable {
    /// A numeric address or a name; the first address that it stands for is bound.
    public var host = "127.0.0.1"
    /// 0 lets the system choose.
    public var port = 8080
    /// Bounds of what a request may hold.
    public var limits = HTTPLimits()
    /// Bounds of what a request may take.
    public var timeouts = Timeouts()
    /// Connections at most; one more is answered with 503 and closed.
    public var maximumConnections = 8192
    /// Connections waiting to be accepted.
    public var backlog = 1024
    /// Serial queues that connections are spread over; `nil` for one a core.
    public var queues: Int?
    /// Bytes that may wait unread on a connection, of a body or of requests sent ahead, before reading pauses.
    public var inboundWindow = 256 * 1024
    /// Bytes that may wait unsent before a streamed response's writer waits; it goes on at half of it.
    public var outboundHighWater = 1024 * 1024
    /// Bytes read and thrown away after a last response, for its sake (see `Timeouts.linger`).
    public var lingerBudget = 32 * 1024 * 1024
    /// The answer to what is no request. Its body must be at hand; the connection ends after it.
    public var errorResponse: @Sendable (HTTPError) -> Response = { $0.problemResponse }
    /// The clock of all timeouts.
    public var now: @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    /// The value of `Date`, as `HTTPDate` formats it. The server puts its own in.
    var date: @Sendable () -> String = { HTTPDate.format(secondsSinceEpoch: Syscalls.secondsSinceEpoch()) }

    /// The defaults of the contract, on loopback.
    public init() {}
}
