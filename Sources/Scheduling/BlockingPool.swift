import Synchronization

/// A few threads of our own for work of milliseconds that would hold up the cooperative pool: decoding a picture,
/// writing out a large document.
public final class BlockingPool: Sendable {
    /// How many jobs may wait for a thread.
    public let capacity: Int
    private let threads: OwnThreads
    private let waiting = Mutex(0)

    /// - Parameters:
    ///   - capacity: How many jobs may wait for a thread.
    ///   - stackSize: Of each thread, in bytes.
    public init(name: String = "pool", threads: Int, capacity: Int = 1_024, stackSize: Int = 8 << 20) {
        precondition(capacity > 0, "a queue holds at least one job")
        self.capacity = capacity
        self.threads = OwnThreads(name: name, count: threads, stackSize: stackSize)
    }

    /// Jobs that wait for a thread.
    public var depth: Int { waiting.withLock { $0 } }

    /// Runs `body` on one of the threads and gives its result.
    ///
    /// - Throws: ``SchedulingError/queueFull(capacity:retryAfter:)``; `CancellationError` when the task was cancelled
    ///   before the job had a thread, in which case `body` never runs; or what `body` throws.
    public func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try Task.checkCancellation()
        let isAdmitted = waiting.withLock { waiting in
            guard waiting < capacity else { return false }
            waiting += 1
            return true
        }
        guard isAdmitted else { throw SchedulingError.queueFull(capacity: capacity, retryAfter: .seconds(1)) }

        let claim = Claim<T>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if Task.isCancelled || !claim.wait(continuation) {
                    waiting.withLock { $0 -= 1 }
                    continuation.resume(throwing: CancellationError())
                    return
                }
                threads.enqueue {
                    guard let continuation = claim.take() else { return }
                    self.waiting.withLock { $0 -= 1 }
                    continuation.resume(with: Result { try body() })
                }
            }
        } onCancel: {
            guard let continuation = claim.cancel() else { return }
            waiting.withLock { $0 -= 1 }
            continuation.resume(throwing: CancellationError())
        }
    }
}

/// Who may resume a job's caller: the thread that begins the job, or the cancellation before that; the first to come.
private final class Claim<T: Sendable>: Sendable {
    private enum State {
        case new
        case waiting(CheckedContinuation<T, any Error>)
        case taken
    }
    private let state = Mutex(State.new)

    /// `false` when the cancellation came first.
    func wait(_ continuation: CheckedContinuation<T, any Error>) -> Bool {
        state.withLock { state in
            guard case .new = state else { return false }
            state = .waiting(continuation)
            return true
        }
    }

    func take() -> CheckedContinuation<T, any Error>? {
        state.withLock { state in
            guard case .waiting(let continuation) = state else { return nil }
            state = .taken
            return continuation
        }
    }

    func cancel() -> CheckedContinuation<T, any Error>? {
        state.withLock { state in
            defer { state = .taken }
            guard case .waiting(let continuation) = state else { return nil }
            return continuation
        }
    }
}
