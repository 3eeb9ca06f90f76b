import Dispatch
import HTTP
import HTTPTypes
import Logging

/// The connections of one serial queue: moves their bytes, tells their state machines what happened and does what
/// those ask for.
///
/// An actor whose executor is the dispatch queue. Event sources run on it and enter directly; tasks enter by
/// awaiting. Channels never leave it.
actor ConnectionQueue {
    private let executor: QueueExecutor
    private let settings: ServerConfiguration
    private let handler: any RequestHandler
    private let log: Logger
    private let openConnections: OpenConnections
    private var channels: [Int: Channel] = [:]
    private var nextNumber = 0
    private var isDraining = false
    private var whenEmpty: [CheckedContinuation<Void, Never>] = []
    private var timer: (any DispatchSourceTimer)?
    private let date: DateCache
    /// What a read fills; the state machine keeps copies of what it needs.
    private var readBuffer = [UInt8](repeating: 0, count: 64 * 1024)

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        label: String, settings: ServerConfiguration, handler: any RequestHandler, log: Logger,
        openConnections: OpenConnections
    ) {
        let date = DateCache()
        var settings = settings
        settings.date = { date.now }
        self.executor = QueueExecutor(label: label)
        self.settings = settings
        self.handler = handler
        self.log = log
        self.openConnections = openConnections
        self.date = date
    }

    // MARK: Life

    /// Takes over a socket that has just been accepted, from any thread.
    nonisolated func adopt(_ socket: Socket, peer: SocketAddress?) {
        executor.queue.async { self.assumeIsolated { $0.add(socket, peer: peer) } }
    }

    private func add(_ socket: Socket, peer: SocketAddress?) {
        guard !isDraining else {
            openConnections.remove()
            return
        }
        let number = nextNumber
        nextNumber += 1
        channels[number] = Channel(
            number: number, socket: socket, peer: peer, connection: Connection(settings: settings, at: settings.now()),
            queue: executor.queue,
            onReadable: { self.assumeIsolated { $0.readable(number) } },
            onWritable: { self.assumeIsolated { $0.writable(number) } })
        startTimer()
    }

    /// Closes idle connections, and each other one when what it has in flight is answered.
    func drain() {
        isDraining = true
        for channel in channels.values {
            channel.connection.drain(at: settings.now())
            settle(channel)
        }
    }

    /// Cancels what is in flight and closes everything.
    func terminate() {
        for channel in channels.values {
            channel.connection.terminate()
            settle(channel)
        }
    }

    /// Returns when the last connection has gone.
    func untilEmpty() async {
        guard !channels.isEmpty else { return }
        await withCheckedContinuation { whenEmpty.append($0) }
    }

    private func remove(_ channel: Channel) {
        guard channels.removeValue(forKey: channel.number) != nil else { return }
        channel.close()
        openConnections.remove()
        guard channels.isEmpty else { return }
        timer?.cancel()
        timer = nil
        whenEmpty.forEach { $0.resume() }
        whenEmpty = []
    }

    // MARK: Events

    private func readable(_ number: Int) {
        guard let channel = channels[number] else { return }
        // A few buffers at most, so that one busy peer does not keep the others waiting.
        for _ in 0..<4 where channel.connection.wantsInput {
            let transfer = readBuffer.withUnsafeMutableBytes { channel.socket.read(into: $0) }
            switch transfer {
            case .bytes(let count):
                channel.connection.received(readBuffer[..<count], at: settings.now())
                if count < readBuffer.count { return settle(channel) }
            case .end:
                channel.connection.inputEnded(at: settings.now())
            case .wouldBlock:
                return settle(channel)
            case .failed(let code):
                log.debug("read failed", metadata: ["errno": "\(code)"])
                channel.connection.failed()
            }
        }
        settle(channel)
    }

    private func writable(_ number: Int) {
        if let channel = channels[number] { settle(channel) }
    }

    private func startTimer() {
        guard timer == nil else { return }
        let timer = DispatchSource.makeTimerSource(queue: executor.queue)
        let interval = DispatchTimeInterval(settings.timeouts.tick)
        timer.schedule(deadline: .now() + interval, repeating: interval, leeway: interval)
        timer.setEventHandler { self.assumeIsolated { $0.tick() } }
        timer.activate()
        self.timer = timer
    }

    private func tick() {
        let now = settings.now()
        for channel in channels.values {
            // A reset is asked for, too: while reading is paused nobody listens for it, and one that comes together with
            // the peer's last bytes is reported once, with them, and never again.
            if Syscalls.isHungUp(channel.socket.descriptor) { channel.connection.failed() }
            channel.connection.tick(at: now)
            settle(channel)
        }
    }

    // MARK: Doing what a connection asks for

    /// Gives a waiting reader what has come, sends what there is to send and carries out what the state machine asks
    /// for, which can follow from both. Called after each event.
    private func settle(_ channel: Channel) {
        wakeReader(of: channel)
        send(channel)
        while let effect = channel.connection.nextEffect() { carryOut(effect, on: channel) }
        guard !channel.connection.isClosed else { return }
        if channel.writer != nil, channel.connection.outbound.count <= settings.outboundHighWater / 2 {
            channel.resumeWriter(with: .success(()))
        }
        channel.setReading(channel.connection.wantsInput)
        channel.setWriting(!channel.connection.outbound.isEmpty)
    }

    private func send(_ channel: Channel) {
        while let transfer = channel.connection.outbound.withFirst(channel.socket.write) {
            switch transfer {
            case .bytes(let count): channel.connection.wrote(count, at: settings.now())
            case .wouldBlock: return
            case .end: return
            case .failed(let code):
                log.debug("write failed", metadata: ["errno": "\(code)"])
                return channel.connection.failed()
            }
        }
    }

    private func carryOut(_ effect: Connection.Effect, on channel: Channel) {
        switch effect {
        case .begin(let head, let number):
            let request = RequestTask(queue: self, channel: channel.number, request: number)
            channel.task = request.start(head: head, peer: channel.peer, handler: handler)
        case .cancel:
            channel.task?.cancel()
        case .endWriting:
            channel.socket.endWriting()
        case .close:
            remove(channel)
        }
    }

    private func wakeReader(of channel: Channel) {
        guard let request = channel.reader?.request else { return }
        switch channel.connection.readBody(of: request, at: settings.now()) {
        case .wait: return
        case .piece(let bytes): channel.resumeReader(with: .success(bytes))
        case .end: channel.resumeReader(with: .success(nil))
        case .failed(let error): channel.resumeReader(with: .failure(error))
        }
    }
}

// MARK: - What a request's task asks for

extension ConnectionQueue {
    /// The next of a request's body; `nil` at its end.
    func readBody(channel number: Int, request: Int) async throws -> [UInt8]? {
        guard let channel = channels[number] else { throw TransportError.peerGone }
        precondition(channel.reader == nil, "a request's body is read by one task")
        return try await withCheckedThrowingContinuation { continuation in
            // A cancellation before this line is seen here, one after it arrives as `cancelRead`.
            guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
            channel.reader = (request, continuation)
            settle(channel)
        }
    }

    /// Ends a read whose task has been cancelled.
    func cancelRead(channel number: Int, request: Int) {
        guard let channel = channels[number], channel.reader?.request == request else { return }
        channel.resumeReader(with: .failure(CancellationError()))
    }

    /// Sends a whole response. Not awaited: coming back from the actor would cost the task, which has nothing left to
    /// do, a change of thread.
    nonisolated func postResponse(channel: Int, request: Int, head: HTTPResponse, body: [UInt8]) {
        executor.queue.async {
            self.assumeIsolated { $0.respond(channel: channel, request: request, head: head, body: body) }
        }
    }

    private func respond(channel number: Int, request: Int, head: HTTPResponse, body: [UInt8]) {
        guard let channel = channels[number] else { return }
        channel.connection.respond(to: request, with: head, body: body, at: settings.now())
        settle(channel)
    }

    /// - Returns: Whether a body is wanted.
    func beginStream(channel number: Int, request: Int, head: HTTPResponse, length: Int?) -> Bool {
        guard let channel = channels[number] else { return false }
        let isWanted = channel.connection.beginStream(to: request, with: head, length: length, at: settings.now())
        settle(channel)
        return isWanted
    }

    /// Sends a piece and waits for room for the next.
    func write(channel number: Int, request: Int, bytes: [UInt8]) async throws {
        guard let channel = channels[number],
            channel.connection.stream(bytes, to: request, at: settings.now())
        else { throw TransportError.peerGone }
        settle(channel)
        guard channel.connection.outbound.count > settings.outboundHighWater else { return }
        precondition(channel.writer == nil, "a response is written by one task")
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
            channel.writer = (request, continuation)
        }
    }

    /// Ends a wait for room whose task has been cancelled.
    func cancelWrite(channel number: Int, request: Int) {
        guard let channel = channels[number], channel.writer?.request == request else { return }
        channel.resumeWriter(with: .failure(CancellationError()))
    }

    /// - Parameter isComplete: Whether all of the body has been written; otherwise the client is to notice.
    func endStream(channel number: Int, request: Int, isComplete: Bool) {
        guard let channel = channels[number] else { return }
        if isComplete {
            channel.connection.endStream(to: request, at: settings.now())
        } else {
            channel.connection.abortStream(to: request)
        }
        settle(channel)
    }
}
