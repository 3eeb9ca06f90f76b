/// A clock reduced to what scheduling needs: durations since its making, and a way to wait. Tests pass a clock that they
/// move by hand.
public struct Timekeeper: Sendable {
    /// The time since this was made.
    public let now: @Sendable () -> Duration
    /// Returns when `now()` has reached the moment; throws when the task is cancelled.
    public let sleep: @Sendable (_ until: Duration) async throws -> Void

    /// Counts from now on by `clock`.
    public init<C: Clock>(_ clock: C) where C.Duration == Duration {
        let origin = clock.now
        now = { origin.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: origin.advanced(by: $0), tolerance: nil) }
    }

    /// By the clock of the machine, which runs on while it sleeps.
    public static var continuous: Timekeeper { Timekeeper(ContinuousClock()) }
}
