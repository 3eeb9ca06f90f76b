/// A numeric host and a port.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// An IPv4 or IPv6 address in numbers.
    public let host: String
    /// 0 to 65535.
    public let port: Int

    /// An address of a host and a port.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `127.0.0.1:80`, `[::1]:80`: as it stands in a URL.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
