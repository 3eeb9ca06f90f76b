/// Watches that a body comes at least so fast, counting only the time in which it was welcome.
struct Pace: Sendable {
    private var waited = Duration.zero
    private var waitingSince: ContinuousClock.Instant?
    private var bytes = 0

    /// Starts or stops the watch, as the server is ready for bytes or is not.
    mutating func setWaiting(_ isWaiting: Bool, at now: ContinuousClock.Instant) {
        if let since = waitingSince {
            waited += now - since
            waitingSince = now
        }
        if isWaiting != (waitingSince != nil) { waitingSince = isWaiting ? now : nil }
    }

    mutating func received(_ count: Int) { bytes += count }

    /// Whether a whole interval of waiting has brought too little. One that was good enough starts the next.
    mutating func isTooSlow(at now: ContinuousClock.Instant, interval: Duration, rate: Int) -> Bool {
        setWaiting(waitingSince != nil, at: now)
        guard waited >= interval else { return false }
        if Double(bytes) < Double(rate) * (waited / .seconds(1)) { return true }
        waited = .zero
        bytes = 0
        return false
    }
}
