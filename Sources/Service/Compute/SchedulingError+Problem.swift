internal import HTTPTypes
public import Scheduling
internal import TextNumbers
public import Web

extension SchedulingError: ProblemConvertible {
    /// 429, 503 or 504.
    public var problem: Problem {
        switch self {
        case .queueFull(let capacity, let retryAfter):
            Problem(
                .tooManyRequests, "The queue is full: \(capacity) requests wait already (limits.queue).",
                headerFields: [.retryAfter: retryAfter.wholeSeconds],
                members: Problem.limit("queue", capacity))
        case .deadlineExceeded(let patience):
            Problem(.gatewayTimeout, "The answer was not there within \(patience.spelled), the request's deadline.")
        case .draining:
            Problem(
                .serviceUnavailable, "The server is stopping and takes no new work.",
                headerFields: [.retryAfter: "5"])
        }
    }
}

extension Duration {
    /// For `Retry-After`: at least one.
    var wholeSeconds: String { String(max(1, components.seconds + (components.attoseconds > 0 ? 1 : 0))) }

    /// In words: `250 ms`, `60 s`.
    var spelled: String {
        let milliseconds = components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
        return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000) s" : "\(milliseconds) ms"
    }
}
