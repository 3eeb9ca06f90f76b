/// Why work was not done.
public enum SchedulingError: Error, Sendable, Equatable {
    /// The queue holds as much as it may. Worth trying again after `retryAfter`, an estimate from recent work.
    case queueFull(capacity: Int, retryAfter: Duration)
    /// The work's deadline passed before its result was there; what was queued has been dropped.
    case deadlineExceeded(after: Duration)
    /// No new work is taken: the server is stopping.
    case draining
}
