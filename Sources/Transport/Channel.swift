import Dispatch

/// A connection's state machine beside the socket that it is about, and the tasks that wait for either.
///
/// Belongs to one `ConnectionQueue`, which alone touches it.
final class Channel {
    let number: Int
    let socket: Socket
    /// As the log shows it.
    let peer: String?
    var connection: Connection
    /// The task of the request in flight.
    var task: Task<Void, Never>?
    /// Waits for the next of a request's body.
    var reader: (request: Int, continuation: CheckedContinuation<[UInt8]?, any Error>)?
    /// Waits for room to send more of a response.
    var writer: (request: Int, continuation: CheckedContinuation<Void, any Error>)?

    private let queue: DispatchQueue
    private let onWritable: @Sendable () -> Void
    private let readSource: any DispatchSourceRead
    private var writeSource: (any DispatchSourceWrite)?
    private var isReading = true
    private var isWriting = false

    /// - Parameters:
    ///   - onReadable: Called on `queue` whenever there is something to read.
    ///   - onWritable: Called on `queue` whenever there is room to write and that has been waited for.
    init(
        number: Int, socket: Socket, peer: SocketAddress?, connection: consuming Connection, queue: DispatchQueue,
        onReadable: @escaping @Sendable () -> Void, onWritable: @escaping @Sendable () -> Void
    ) {
        self.number = number
        self.socket = socket
        self.peer = peer?.description
        self.connection = connection
        self.queue = queue
        self.onWritable = onWritable
        readSource = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: queue)
        readSource.setEventHandler(handler: onReadable)
        // The handler's hold on the socket keeps its number from being used anew while the source lives.
        readSource.setCancelHandler { _ = socket }
        readSource.activate()
    }

    /// Listens for bytes, or stops to.
    func setReading(_ wanted: Bool) {
        guard wanted != isReading else { return }
        isReading = wanted
        if wanted { readSource.resume() } else { readSource.suspend() }
    }

    /// Listens for room in the socket's send buffer, or stops to. Few connections ever have to.
    func setWriting(_ wanted: Bool) {
        guard wanted != isWriting else { return }
        isWriting = wanted
        guard let source = writeSource else { return makeWriteSource() }
        if wanted { source.resume() } else { source.suspend() }
    }

    private func makeWriteSource() {
        let source = DispatchSource.makeWriteSource(fileDescriptor: socket.descriptor, queue: queue)
        let socket = socket
        source.setEventHandler(handler: onWritable)
        source.setCancelHandler { _ = socket }
        source.activate()
        writeSource = source
    }

    /// Hangs up and gives the socket back. Whoever waits is told.
    func close() {
        Syscalls.hangUp(socket.descriptor)
        // A suspended source must not be released.
        setReading(true)
        readSource.cancel()
        if let writeSource {
            if !isWriting { writeSource.resume() }
            writeSource.cancel()
        }
        task?.cancel()
        task = nil
        resumeReader(with: .failure(TransportError.peerGone))
        resumeWriter(with: .failure(TransportError.peerGone))
    }

    func resumeReader(with result: Result<[UInt8]?, any Error>) {
        reader?.continuation.resume(with: result)
        reader = nil
    }

    func resumeWriter(with result: Result<Void, any Error>) {
        writer?.continuation.resume(with: result)
        writer = nil
    }
}
