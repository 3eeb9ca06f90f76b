import Dispatch

extension DispatchTimeInterval {
    /// To the microsecond; a duration that is too long is cut to years.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .microseconds(Int(clamping: min(seconds, 1 << 40) * 1_000_000 + attoseconds / 1_000_000_000_000))
    }
}
