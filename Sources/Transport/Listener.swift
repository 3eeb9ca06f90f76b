import Dispatch
import HTTP
import HTTPTypes
import Logging

/// Accepts connections and deals them out to the queues in turn.
actor Listener {
    private let executor = QueueExecutor(label: "prisma.transport.listener")
    private let descriptor: Int32
    private let settings: ServerConfiguration
    private let queues: [ConnectionQueue]
    private let openConnections: OpenConnections
    private let log: Logger
    private let refusal: [UInt8]
    private var source: (any DispatchSourceRead)?
    private var isResting = false
    private var next = 0
    /// Held for the moment when descriptors run out: given up, it lets one waiting connection be told so. Without
    /// it the connection would stay in the queue and the source would fire without end.
    private var reserve: Int32?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        descriptor: Int32, settings: ServerConfiguration, queues: [ConnectionQueue], openConnections: OpenConnections,
        log: Logger
    ) {
        self.descriptor = descriptor
        self.settings = settings
        self.queues = queues
        self.openConnections = openConnections
        self.log = log
        self.refusal = Self.refusal(settings)
        self.reserve = Syscalls.openReserve()
    }

    func start() {
        let descriptor = descriptor
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: executor.queue)
        source.setEventHandler { self.assumeIsolated { $0.acceptWaiting() } }
        source.setCancelHandler { Syscalls.close(descriptor) }
        source.activate()
        self.source = source
    }

    /// Stops accepting: when this returns, nobody can connect.
    func stop() {
        // A suspended source must not be released.
        if isResting { source?.resume() }
        isResting = false
        // Refuses from now on; the cancelled source gives the descriptor back a little later.
        Syscalls.hangUp(descriptor)
        source?.cancel()
        source = nil
        if let reserve { Syscalls.close(reserve) }
        reserve = nil
    }

    private func acceptWaiting() {
        // As many as fit between two looks at the queue; what is left fires the source again.
        for _ in 0..<64 {
            do throws(Syscalls.Failure) {
                guard let (descriptor, peer) = try Syscalls.accept(descriptor) else { return }
                take(Socket(descriptor: descriptor), peer: peer)
            } catch {
                log.warning("cannot accept a connection", metadata: ["reason": "\(error.text)"])
                if error.isOutOfDescriptors { shedOne() }
                return
            }
        }
    }

    private func take(_ socket: Socket, peer: SocketAddress?) {
        guard openConnections.count < settings.maximumConnections else { return refuse(socket) }
        openConnections.add()
        queues[next].adopt(socket, peer: peer)
        next = (next + 1) % queues.count
    }

    /// One attempt to say why; nobody is waited for.
    private func refuse(_ socket: Socket) {
        openConnections.refuse()
        _ = refusal.withUnsafeBytes { socket.write($0, more: false) }
        socket.endWriting()
    }

    private func shedOne() {
        if let reserve { Syscalls.close(reserve) }
        reserve = nil
        if let accepted = try? Syscalls.accept(descriptor) { refuse(Socket(descriptor: accepted.descriptor)) }
        reserve = Syscalls.openReserve()
        guard reserve == nil else { return }
        // Somebody was faster: rest, instead of spinning, until descriptors may be free again.
        isResting = true
        source?.suspend()
        executor.queue.asyncAfter(deadline: .now() + .milliseconds(100)) {
            self.assumeIsolated { $0.endRest() }
        }
    }

    private func endRest() {
        guard isResting else { return }
        isResting = false
        reserve = Syscalls.openReserve()
        source?.resume()
    }

    private static func refusal(_ settings: ServerConfiguration) -> [UInt8] {
        let error = HTTPError(.serviceUnavailable, "All \(settings.maximumConnections) connections are in use.")
        var connection = Connection(settings: settings, at: settings.now())
        connection.refuse(error, at: settings.now())
        return connection.outbound.withFirst { bytes, _ in Array(bytes) } ?? []
    }
}
