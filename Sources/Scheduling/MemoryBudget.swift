import Synchronization

/// Bytes that work may hold at once: what fits goes on, what does not fit yet waits its turn, what never can is refused.
///
/// First come, first served: a large piece of work is not overtaken by small ones for ever.
public final class MemoryBudget: Sendable {
    private struct Waiter {
        let id: Int
        let bytes: Int
        let patience: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var held = 0
        var lastID = 0
        var waiters: [Waiter] = []
    }

    /// All that may be held.
    public let capacity: Int
    private let queue: Int
    private let time: Timekeeper
    private let state = Mutex(State())

    /// - Parameters:
    ///   - queue: how many may wait.
    ///   - time: what patience is counted by.
    public init(capacity: Int, queue: Int, time: Timekeeper = .continuous) {
        self.capacity = capacity
        self.queue = queue
        self.time = time
    }

    /// Bytes that are held now, and how many wait for more.
    public var use: (held: Int, waiting: Int) { state.withLock { ($0.held, $0.waiters.count) } }

    /// Waits until the bytes are free and takes them; they are given back with the last reference to what this returns.
    /// - Throws: ``NeverFits``; ``SchedulingError`` when too many wait already or patience ends; `CancellationError`.
    public func admit(_ bytes: Int, patience: Duration) async throws -> Admission {
        guard bytes <= capacity else { throw NeverFits(bytes: bytes, capacity: capacity) }
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let timer = Mutex<Task<Void, Never>?>(nil)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = Waiter(id: id, bytes: bytes, patience: patience, continuation: continuation)
                if enter(waiter) {
                    let end = time.now() + patience
                    timer.withLock {
                        $0 = Task { [weak self, time] in
                            guard (try? await time.sleep(end)) != nil else { return }
                            self?.leave(id, SchedulingError.deadlineExceeded(after: patience))
                        }
                    }
                }
            }
        } onCancel: {
            leave(id, CancellationError())
        }
        timer.withLock { $0?.cancel() }
        return Admission(bytes, of: self)
    }

    /// Takes what fits at once, or queues. - Returns: whether it waits.
    private func enter(_ waiter: Waiter) -> Bool {
        let outcome: (Result<Void, any Error>?) = state.withLock { state in
            if Task.isCancelled { return .failure(CancellationError()) }
            if state.waiters.isEmpty, state.held + waiter.bytes <= capacity {
                state.held += waiter.bytes
                return .success(())
            }
            guard state.waiters.count < queue else {
                return .failure(SchedulingError.queueFull(capacity: queue, retryAfter: .seconds(1)))
            }
            state.waiters.append(waiter)
            return nil
        }
        if let outcome { waiter.continuation.resume(with: outcome) }
        return outcome == nil
    }

    private func leave(_ id: Int, _ error: any Error) {
        let left = state.withLock { state -> Waiter? in
            guard let place = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: place)
        }
        left?.continuation.resume(throwing: error)
        if left != nil { admitWaiting() }
    }

    fileprivate func giveBack(_ bytes: Int) {
        state.withLock { $0.held -= bytes }
        admitWaiting()
    }

    private func admitWaiting() {
        let admitted = state.withLock { state in
            var admitted: [Waiter] = []
            while let next = state.waiters.first, state.held + next.bytes <= capacity {
                state.held += next.bytes
                admitted.append(state.waiters.removeFirst())
            }
            return admitted
        }
        for waiter in admitted { waiter.continuation.resume() }
    }
}

/// Bytes that a piece of work may hold, given back when nobody refers to this any more.
public final class Admission: Sendable {
    /// How many.
    public let bytes: Int
    private let budget: MemoryBudget

    fileprivate init(_ bytes: Int, of budget: MemoryBudget) {
        self.bytes = bytes
        self.budget = budget
    }

    deinit { budget.giveBack(bytes) }
}

/// Work that would hold more than there is.
public struct NeverFits: Error, Sendable, Equatable {
    /// What it would hold.
    public let bytes: Int
    /// What there is.
    public let capacity: Int

    /// So many bytes of so many.
    public init(bytes: Int, capacity: Int) {
        self.bytes = bytes
        self.capacity = capacity
    }
}
