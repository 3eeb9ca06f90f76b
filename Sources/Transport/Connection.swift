import HTTP
import HTTPTypes

/// One connection as a state machine: it is told what happened and when, and says what is to be done.
///
///     bytes ─► received ─► parser ─► begin ─► (handler) ─► respond ─► outbound ─► wrote
///
/// Requests are answered one at a time and in order. What a client sends ahead stays as bytes in the parser, and
/// when that is full nothing more is read (`wantsInput`), so a pipeline without end costs one window.
///
/// **When has a client gone?** A reset or a failed write says so. A FIN alone does not: it comes from a client that
/// has closed and from one that has only finished sending. A request that was announced as the last (HTTP/1.0,
/// `Connection: close`) is answered in any case, for there a half-closed connection is to be expected. Otherwise
/// the client had meant to go on and now cannot: its answer has `Timeouts.halfClosed` to be ready, and then its
/// work is cancelled. Killed clients end that way, and scripts that send, shut down and read get their answer.
///
/// Not copyable: there is one of each, and reading a property of it in place is then sure to cost no copy.
struct Connection: ~Copyable {
    typealias Instant = ContinuousClock.Instant

    /// What its owner has to do, in order.
    enum Effect: Sendable, Equatable {
        /// Hand this request to the handler.
        case begin(RequestHead, number: Int)
        /// Nobody waits for the answer to the request in flight any more.
        case cancel
        /// Everything has been sent: end the writing side.
        case endWriting
        /// Forget the connection.
        case close
    }

    /// What a request's reader gets.
    enum BodyRead: Sendable, Equatable {
        case piece([UInt8])
        case end
        /// Nothing yet; ask again when something has happened.
        case wait
        case failed(HTTPError)
    }

    enum Phase: Sendable {
        /// Between requests.
        case idle(since: Instant)
        /// Part of a head has come.
        case head(since: Instant)
        case exchange(Exchange)
        /// The last response is being sent.
        case flushing
        /// All is sent; reading on until the peer has seen it (RFC 9112, 9.6).
        case lingering(since: Instant, budget: Int)
        case closed
    }

    let settings: ServerConfiguration
    var phase: Phase
    var parser: RequestParser
    var outbound = OutboundBuffer()
    var hasInputEnded = false
    var isDraining = false
    /// When the kernel last took something of what is to be sent, or there was first something to take.
    var lastProgress: Instant
    /// By when a client that has ended its side must have its answer.
    var patienceEnds: Instant?
    private var effects: [Effect] = []
    private var requests = 0

    init(settings: ServerConfiguration, at now: Instant) {
        self.settings = settings
        self.phase = .idle(since: now)
        self.parser = RequestParser(limits: settings.limits)
        self.lastProgress = now
    }

    mutating func nextEffect() -> Effect? { effects.isEmpty ? nil : effects.removeFirst() }

    mutating func emit(_ effect: Effect) { effects.append(effect) }

    /// Whether bytes are welcome. Their owner stops reading while they are not.
    var wantsInput: Bool {
        if hasInputEnded { return false }
        switch phase {
        case .idle, .head, .lingering: return true
        case .exchange: return parser.bufferedBytes < settings.inboundWindow
        case .flushing, .closed: return false
        }
    }

    var isClosed: Bool {
        if case .closed = phase { return true }
        return false
    }

    // MARK: What the network did

    mutating func received(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        switch phase {
        case .idle, .head:
            parser.append(bytes)
            advance(at: now)
        case .exchange(var exchange):
            parser.append(bytes)
            exchange.pace.received(bytes.count)
            updatePace(&exchange, at: now)
            phase = .exchange(exchange)
        case .lingering(let since, let budget):
            if bytes.count > budget { close() } else { phase = .lingering(since: since, budget: budget - bytes.count) }
        case .flushing, .closed: break
        }
    }

    /// The peer has ended its side.
    mutating func inputEnded(at now: Instant) {
        hasInputEnded = true
        switch phase {
        case .idle: finish(at: now)
        case .head: refuse(HTTPError(.badRequest, "The connection ended in the middle of a request's head."), at: now)
        case .exchange(let exchange): inputEnded(during: exchange, at: now)
        case .lingering: close()
        case .flushing, .closed: break
        }
    }

    private mutating func inputEnded(during exchange: Exchange, at now: Instant) {
        if hasBufferedAllOfBody(exchange) {
            if exchange.head.keepsAlive { patienceEnds = now + settings.timeouts.halfClosed }
            return
        }
        emit(.cancel)
        let error = HTTPError(.badRequest, "The connection ended in the middle of a request's body.")
        if case .awaited = exchange.answer { refuse(error, at: now) } else { close() }
    }

    /// Reading or writing failed: nobody is there any more.
    mutating func failed() {
        if case .exchange = phase { emit(.cancel) }
        close()
    }

    /// The kernel has taken `count` bytes of `outbound`.
    mutating func wrote(_ count: Int, at now: Instant) {
        outbound.consume(count)
        lastProgress = now
        if outbound.isEmpty, case .flushing = phase { finish(at: now) }
    }

    // MARK: What the server wants

    /// Answers what is in flight and takes on nothing after it.
    mutating func drain(at now: Instant) {
        isDraining = true
        if case .idle = phase { finish(at: now) }
    }

    /// Ends at once, whatever is in flight.
    mutating func terminate() { failed() }

    // MARK: Steps

    /// Begins the next request, if its head is complete.
    mutating func advance(at now: Instant) {
        do throws(HTTPError) {
            guard case .head(let head) = try parser.next() else {
                waitForHead(at: now)
                return
            }
            // A request without a body is over with its head; the parser's word for it is taken here.
            if head.framing == .none { _ = try parser.next() }
            requests += 1
            var exchange = Exchange(number: requests, head: head)
            updatePace(&exchange, at: now)
            phase = .exchange(exchange)
            if hasInputEnded { inputEnded(during: exchange, at: now) }
            if case .exchange = phase { emit(.begin(head, number: requests)) }
        } catch {
            refuse(error, at: now)
        }
    }

    private mutating func waitForHead(at now: Instant) {
        if parser.isBetweenRequests {
            if hasInputEnded || isDraining {
                finish(at: now)
            } else if case .idle = phase {
                // Nothing but an empty line came: it buys no time.
            } else {
                phase = .idle(since: now)
            }
        } else if hasInputEnded {
            refuse(HTTPError(.badRequest, "The connection ended in the middle of a request's head."), at: now)
        } else if case .head = phase {
            // The clock of a head started with its first byte.
        } else {
            phase = .head(since: now)
        }
    }

    /// Answers what is no request with an error, and ends.
    mutating func refuse(_ error: HTTPError, at now: Instant) {
        let response = settings.errorResponse(error)
        var bytes: [UInt8] = []
        let body: [UInt8] = if case .bytes(let content) = response.body { content } else { [] }
        ResponseEncoder.appendHead(
            response.head, framing: .length(body.count), date: settings.date(), closes: true, to: &bytes)
        send(bytes + body, at: now)
        phase = .flushing
    }

    mutating func send(_ bytes: [UInt8], at now: Instant) {
        if outbound.isEmpty { lastProgress = now }
        outbound.append(bytes)
    }

    /// Ends as soon as all is sent: first our side, then, when the peer has had time to see it, the connection.
    mutating func finish(at now: Instant) {
        guard outbound.isEmpty else {
            phase = .flushing
            return
        }
        guard !hasInputEnded else { return close() }
        emit(.endWriting)
        phase = .lingering(since: now, budget: settings.lingerBudget)
    }

    mutating func close() {
        guard !isClosed else { return }
        phase = .closed
        outbound.removeAll()
        emit(.close)
    }

    /// Whether the rest of the body lies in the parser. A parser is a value: a copy of it may run ahead.
    func hasBufferedAllOfBody(_ exchange: Exchange) -> Bool {
        if exchange.hasAllOfBody { return true }
        var ahead = parser
        while let event = try? ahead.next() {
            if event == .end { return true }
        }
        return false
    }

    func updatePace(_ exchange: inout Exchange, at now: Instant) {
        if case .arriving = exchange.body {
            exchange.pace.setWaiting(wantsInput, at: now)
        } else {
            exchange.pace.setWaiting(false, at: now)
        }
    }
}
