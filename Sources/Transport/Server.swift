public import HTTP
public import Logging
import Synchronization

/// An HTTP/1.1 server: listens, and hands each request to a handler in a task of its own.
public final class Server: Sendable {
    private let configuration: ServerConfiguration
    private let queues: [ConnectionQueue]
    private let openConnections = OpenConnections()
    private let log: Logger
    private let listener = Mutex<Listener?>(nil)

    /// A server that is not yet listening. Once started, it lives until it is stopped.
    public init(configuration: ServerConfiguration, handler: any RequestHandler, log: Logger) {
        self.configuration = configuration
        self.log = log
        let openConnections = openConnections
        queues = (0..<(configuration.queues ?? Syscalls.processorCount())).map { index in
            ConnectionQueue(
                label: "prisma.transport.connections.\(index)", settings: configuration, handler: handler, log: log,
                openConnections: openConnections)
        }
    }

    /// Connections open now.
    public var connectionCount: Int { openConnections.count }

    /// Connections taken since the start.
    public var acceptedCount: Int { openConnections.accepted }

    /// Connections turned away since the start, because as many as may be were open.
    public var refusedCount: Int { openConnections.refused }

    /// Binds and listens. When this returns, connections are accepted.
    /// - Returns: The address in use, with the port that the system chose for port 0.
    public func start() async throws(TransportError) -> SocketAddress {
        let files = Syscalls.raiseFileLimit()
        if files < configuration.maximumConnections + 64 {
            log.warning("fewer files may be open than connections", metadata: ["limit": "\(files)"])
        }
        let descriptor: Int32
        do throws(Syscalls.Failure) {
            descriptor = try Syscalls.listen(
                host: configuration.host, port: configuration.port, backlog: configuration.backlog)
        } catch {
            throw .cannotListen(host: configuration.host, port: configuration.port, reason: error.text)
        }
        let listener = Listener(
            descriptor: descriptor, settings: configuration, queues: queues, openConnections: openConnections,
            log: log)
        self.listener.withLock { $0 = listener }
        await listener.start()
        return Syscalls.localAddress(of: descriptor)
            ?? SocketAddress(host: configuration.host, port: configuration.port)
    }

    /// Stops gracefully: takes no new connection, closes the idle ones, answers what is in flight with
    /// `Connection: close`, and after `grace` cancels what is left. Returns when the last connection has gone.
    public func stop(grace: Duration) async {
        let listener = listener.withLock { listener in
            defer { listener = nil }
            return listener
        }
        await listener?.stop()
        for queue in queues { await queue.drain() }
        let queues = queues
        let deadline = Task {
            guard (try? await Task.sleep(for: grace)) != nil else { return }
            for queue in queues { await queue.terminate() }
        }
        for queue in queues { await queue.untilEmpty() }
        deadline.cancel()
    }
}
