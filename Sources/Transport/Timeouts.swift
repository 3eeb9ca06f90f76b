/// How long a connection is waited for.
public struct Timeouts: Sendable, Equatable {
    /// A head, from its first byte to its last (408).
    public var header: Duration = .seconds(10)
    /// A body must bring `bodyRate` on average over each stretch of this length (408). Time in which the server
    /// itself holds the client back does not count.
    public var bodyInterval: Duration = .seconds(10)
    /// Bytes a second.
    public var bodyRate = 1024
    /// Nothing at all between two requests, or before the first.
    public var idle: Duration = .seconds(75)
    /// A response of which the peer takes nothing.
    public var writeStall: Duration = .seconds(30)
    /// An answer for a client that has ended its side and had not said that this is its last request.
    public var halfClosed: Duration = .seconds(1)
    /// Reading on after the last response, so that the peer sees it before the connection is gone.
    public var linger: Duration = .seconds(2)
    /// How often connections are looked at, which is how late any of these may be.
    public var tick: Duration = .milliseconds(500)

    /// The times of the contract.
    public init() {}
}
