import HTTP
import HTTPTypes

/// What happens when nothing happens.
extension Connection {
    /// Looks at the clock. Called every `Timeouts.tick`.
    mutating func tick(at now: Instant) {
        let timeouts = settings.timeouts
        if !outbound.isEmpty, now - lastProgress >= timeouts.writeStall { return failed() }
        switch phase {
        case .idle(let since):
            if now - since >= timeouts.idle { finish(at: now) }
        case .head(let since):
            guard now - since >= timeouts.header else { return }
            refuse(HTTPError(.requestTimeout, "The head of the request took longer than \(timeouts.header)."), at: now)
        case .exchange(let exchange):
            tick(exchange, at: now)
        case .lingering(let since, _):
            if now - since >= timeouts.linger { close() }
        case .flushing, .closed: break
        }
    }

    private mutating func tick(_ exchange: Exchange, at now: Instant) {
        // Once the answer streams, a peer that has gone shows by refusing what is written.
        if let patienceEnds, now >= patienceEnds, case .awaited = exchange.answer { return failed() }
        guard case .arriving = exchange.body else { return }
        let timeouts = settings.timeouts
        var exchange = exchange
        updatePace(&exchange, at: now)
        let isTooSlow = exchange.pace.isTooSlow(at: now, interval: timeouts.bodyInterval, rate: timeouts.bodyRate)
        // A body that has all come and that nobody has read yet is not slow.
        if isTooSlow, !hasBufferedAllOfBody(exchange) {
            exchange.body = .failed(
                HTTPError(.requestTimeout, "The body came slower than \(timeouts.bodyRate) bytes a second."))
        }
        phase = .exchange(exchange)
    }
}
