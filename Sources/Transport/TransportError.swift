/// What can go wrong with sockets.
public enum TransportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The address cannot be listened on; why, in the system's words. For the operator, not for clients.
    case cannotListen(host: String, port: Int, reason: String)
    /// The peer has gone, or the server has ended the connection.
    case peerGone

    /// One line for the operator.
    public var description: String {
        switch self {
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(SocketAddress(host: host, port: port)): \(reason)"
        case .peerGone: "the peer has gone"
        }
    }
}
