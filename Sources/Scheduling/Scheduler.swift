import Synchronization

/// Brings work to one compute lane: a bounded queue, priorities, deadlines, batches, and a way to stop.
///
/// The lane is an ``Engine``, which several schedulers may share: each gives it one batch at a time. A caller is
/// answered once: by its result, by its deadline (even while its batch computes: the result is then dropped), or by its
/// own cancellation. Work that nobody waits for any more leaves the queue at once.
public final class Scheduler<Model: BatchModel>: Sendable {
    /// The bounds of the queue.
    public struct Configuration: Sendable {
        /// How many items may wait.
        public var capacity: Int
        /// For work that names no deadline of its own, from its submission on.
        public var deadline: Duration
        /// Which work may share a batch.
        public var joining: JoiningPolicy

        /// The defaults of the service: 256 items, one minute, one item a batch.
        public init(capacity: Int = 256, deadline: Duration = .seconds(60), joining: JoiningPolicy = .oneByOne) {
            self.capacity = capacity
            self.deadline = deadline
            self.joining = joining
        }
    }

    typealias ID = Batcher<Model.Key>.ID

    private struct Pending {
        let work: Model.Work
        let rows: Int
        let submitted: Duration
        let continuation: CheckedContinuation<Completion<Model.Output>, any Error>
    }

    private struct State {
        var batcher: Batcher<Model.Key>
        var pending: [ID: Pending] = [:]
        /// A batch has been asked of the engine, or runs there.
        var laneIsBusy = false
        var isDraining = false
        var whenIdle: [CheckedContinuation<Void, Never>] = []
        var timer: (moment: Duration, task: Task<Void, Never>)?
        var metrics = SchedulerMetrics()
    }

    private let model: Model
    private let engine: Engine
    private let configuration: Configuration
    private let time: Timekeeper
    private let state: Mutex<State>

    /// - Parameters:
    ///   - model: What runs the batches.
    ///   - engine: Where; it may serve other schedulers too.
    ///   - time: What the deadlines are counted by.
    public init(
        _ model: Model, on engine: Engine, configuration: Configuration = Configuration(),
        time: Timekeeper = .continuous
    ) {
        self.model = model
        self.engine = engine
        self.configuration = configuration
        self.time = time
        state = Mutex(State(batcher: Batcher(capacity: configuration.capacity, joining: configuration.joining)))
    }

    deinit { state.withLock { $0.timer?.task.cancel() } }

    /// No new work is taken any more.
    public var isDraining: Bool { state.withLock { $0.isDraining } }

    /// What has been done, and what is queued now.
    public var metrics: SchedulerMetrics {
        state.withLock { state in
            var metrics = state.metrics
            metrics.depth = state.batcher.depth
            metrics.running = state.batcher.runningCount
            return metrics
        }
    }

    /// Queues `work` and waits for its result.
    ///
    /// - Parameters:
    ///   - rows: how much of a batch it takes.
    ///   - key: work of equal key may share a batch; `nil` runs alone.
    ///   - deadline: how long the caller waits, from now; the configuration's where there is none.
    /// - Throws: ``SchedulingError``; `CancellationError`; or what the model made of this piece of work.
    public func submit(
        _ work: Model.Work, rows: Int = 1, key: Model.Key? = nil, priority: Priority = .interactive,
        deadline: Duration? = nil
    ) async throws -> Completion<Model.Output> {
        let now = time.now()
        let patience = deadline ?? configuration.deadline
        guard patience > .zero else {
            state.withLock { $0.metrics.expired += 1 }
            throw SchedulingError.deadlineExceeded(after: patience)
        }
        let item = Batcher<Model.Key>.Item(rows: rows, key: key, priority: priority, deadline: now + patience)
        let id = Mutex<ID?>(nil)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let pending = Pending(work: work, rows: rows, submitted: now, continuation: continuation)
                // Under this lock the task is either seen to be cancelled, or its handler finds the number.
                let refusal: (any Error)? = id.withLock { id in
                    if Task.isCancelled { return CancellationError() }
                    do {
                        id = try enter(item, pending)
                        return nil
                    } catch { return error }
                }
                if let refusal { continuation.resume(throwing: refusal) }
            }
        } onCancel: {
            if let id = id.withLock({ $0 }) { abandon(id) }
        }
    }

    /// Takes no more work and returns when all that was accepted has been answered.
    public func drain() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                state.isDraining = true
                if !state.laneIsBusy { return true }
                state.whenIdle.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
    }

    /// Takes no more work, refuses what is queued, and returns when the batch that runs has ended.
    public func stop() async {
        let refused = state.withLock { state in
            state.isDraining = true
            let ids = state.batcher.clear()
            state.metrics.refused += ids.count
            return ids.compactMap { state.pending.removeValue(forKey: $0) }
        }
        for pending in refused { pending.continuation.resume(throwing: SchedulingError.draining) }
        await drain()
    }

    // MARK: Entering and leaving the queue

    private func enter(_ item: Batcher<Model.Key>.Item, _ pending: Pending) throws(SchedulingError) -> ID {
        let entered: Result<(ID, startsLane: Bool), SchedulingError> = state.withLock { state in
            guard !state.isDraining else {
                state.metrics.refused += 1
                return .failure(.draining)
            }
            guard let id = state.batcher.admit(item) else {
                state.metrics.refused += 1
                return .failure(.queueFull(capacity: configuration.capacity, retryAfter: Self.retryAfter(state)))
            }
            state.metrics.submitted += 1
            state.pending[id] = pending
            defer { state.laneIsBusy = true }
            return .success((id, !state.laneIsBusy))
        }
        let (id, startsLane) = try entered.get()
        armTimer()
        if startsLane { engine.enqueue { self.runBatch() } }
        return id
    }

    /// The caller has gone away.
    private func abandon(_ id: ID) {
        let pending = state.withLock { state -> Pending? in
            guard let pending = state.pending.removeValue(forKey: id) else { return nil }
            state.batcher.remove(id)
            state.metrics.cancelled += 1
            return pending
        }
        pending?.continuation.resume(throwing: CancellationError())
    }

    /// As long as the queue took lately for as many items as wait now; between a second and a minute.
    private static func retryAfter(_ state: State) -> Duration {
        let metrics = state.metrics
        guard metrics.completed > 0 else { return .seconds(1) }
        let estimate = metrics.computeSeconds / Double(metrics.completed) * Double(state.batcher.depth)
        return .seconds(min(max(estimate.rounded(.up), 1), 60))
    }

    // MARK: The lane

    /// On the engine's thread.
    private func runBatch() {
        expire()
        let began = time.now()
        let (ids, batch) = state.withLock { state in
            let ids = state.batcher.nextBatch()
            return (ids, ids.compactMap { state.pending[$0] })
        }
        if !batch.isEmpty {
            let results = model.run(batch.map(\.work))
            precondition(results.count == batch.count, "\(results.count) results for \(batch.count) pieces of work")
            finish(ids, batch, results, began: began)
        }
        rest()
    }

    private func finish(
        _ ids: [ID], _ batch: [Pending], _ results: [Result<Model.Output, any Error>], began: Duration
    ) {
        let computed = time.now() - began
        let rows = batch.reduce(0) { $0 + $1.rows }
        let waited = batch.reduce(0.0) { $0 + (began - $1.submitted).inSeconds }
        let awaited = state.withLock { state in
            state.batcher.finish(ids)
            state.metrics.ran(rows: rows, seconds: computed.inSeconds, waited: waited)
            let awaited = ids.map { state.pending.removeValue(forKey: $0) != nil }
            for case (true, let result) in zip(awaited, results) {
                state.metrics.completed += 1
                if case .failure = result { state.metrics.failed += 1 }
            }
            return awaited
        }
        for (isAwaited, (pending, result)) in zip(awaited, zip(batch, results)) where isAwaited {
            pending.continuation.resume(
                with: result.map {
                    Completion(output: $0, queued: began - pending.submitted, computed: computed, batchRows: rows)
                })
        }
    }

    /// After a batch: the next one, or rest.
    private func rest() {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
            if state.batcher.depth > 0 { return nil }
            state.laneIsBusy = false
            defer { state.whenIdle = [] }
            return state.whenIdle
        }
        guard let waiters else { return engine.enqueue { self.runBatch() } }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: Deadlines

    /// One timer waits for the earliest deadline; it is set anew when it has fired, or when an earlier one comes in.
    private func armTimer() {
        state.withLock { state in
            guard let moment = state.batcher.nextDeadline else { return }
            if let timer = state.timer, timer.moment <= moment { return }
            state.timer?.task.cancel()
            state.timer = (
                moment,
                Task { [weak self, time] in
                    guard (try? await time.sleep(moment)) != nil, let self else { return }
                    self.state.withLock { $0.timer = nil }
                    self.expire()
                    self.armTimer()
                }
            )
        }
    }

    private func expire() {
        let now = time.now()
        let late = state.withLock { state in
            let ids = state.batcher.expire(now: now)
            state.metrics.expired += ids.count
            return ids.compactMap { state.pending.removeValue(forKey: $0) }
        }
        for pending in late {
            pending.continuation.resume(throwing: SchedulingError.deadlineExceeded(after: now - pending.submitted))
        }
    }
}
