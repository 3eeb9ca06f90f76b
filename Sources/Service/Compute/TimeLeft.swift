internal import Scheduling
internal import Web

/// The time that a request with several passes has for all of them, counted from when it was made.
struct TimeLeft: Sendable {
    private let started = ContinuousClock.now
    /// For the whole; `nil` where there is no end to it.
    private let whole: Duration?

    /// The request's own deadline. - Parameter usual: where it brings none.
    init(of context: RequestContext, usual: Duration? = nil) { whole = context.deadline ?? usual }

    /// For the next pass. - Throws: 504 where nothing is left.
    func next() throws(SchedulingError) -> Duration? {
        guard let whole else { return nil }
        let left = whole - (.now - started)
        guard left > .zero else { throw SchedulingError.deadlineExceeded(after: whole) }
        return left
    }

    /// The problem of a request that is late.
    var lateness: Problem? {
        do throws(SchedulingError) {
            _ = try next()
            return nil
        } catch {
            return error.problem
        }
    }
}
