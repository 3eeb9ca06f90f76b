import Scheduling
import Testing

struct SchedulerTests {
    private let model = GatedModel()
    private let clock = ManualClock()

    private func scheduler(
        capacity: Int = 256, deadline: Duration = .seconds(60), joining: JoiningPolicy = .oneByOne
    ) -> Scheduler<GatedModel> {
        Scheduler(
            model, on: Engine(),
            configuration: .init(capacity: capacity, deadline: deadline, joining: joining), time: Timekeeper(clock))
    }

    /// Submits from a task of its own and returns once the work has entered the queue.
    private func enter(
        _ work: Int, _ scheduler: Scheduler<GatedModel>, key: String? = "k", priority: Priority = .interactive,
        deadline: Duration? = nil
    ) async -> Task<Completion<Int>, any Error> {
        let before = scheduler.metrics.submitted
        let task = Task {
            try await scheduler.submit(work, key: key, priority: priority, deadline: deadline)
        }
        await until { scheduler.metrics.submitted > before }
        return task
    }

    @Test func aResultComesBackWithItsTimes() async throws {
        let scheduler = scheduler()
        let first = await enter(2, scheduler)
        await until { model.batches.count == 1 }
        let second = await enter(4, scheduler)
        clock.advance(by: .seconds(3))
        model.open(2)
        let completion = try await first.value
        #expect(completion.output == 4)
        #expect(completion.queued == .zero)
        #expect(completion.computed == .seconds(3))
        #expect(try await second.value.queued == .seconds(3))
        #expect(scheduler.metrics.computeSeconds == 3)
        #expect(scheduler.metrics.queueSeconds == 3)
        #expect(scheduler.metrics.batchRows == [2])
    }

    @Test(arguments: [1, 3])
    func aFullQueueRefusesWithATimeToTryAgain(_ capacity: Int) async throws {
        let scheduler = scheduler(capacity: capacity)
        var accepted = [await enter(0, scheduler)]
        await until { model.batches.count == 1 }
        for i in 0..<capacity { accepted.append(await enter(2 * i, scheduler)) }
        #expect(scheduler.metrics.depth == capacity)
        await #expect(throws: SchedulingError.queueFull(capacity: capacity, retryAfter: .seconds(1))) {
            try await scheduler.submit(2)
        }
        model.open(capacity + 1)
        for task in accepted { _ = try await task.value }
        #expect(scheduler.metrics.refused == 1)
    }

    @Test func theTimeToTryAgainIsEstimatedFromRecentWork() async throws {
        let scheduler = scheduler(capacity: 2)
        let first = await enter(0, scheduler)
        await until { model.batches.count == 1 }
        clock.advance(by: .milliseconds(2_600))
        model.open()
        _ = try await first.value
        let running = await enter(0, scheduler)
        await until { model.batches.count == 2 }
        let queued = [await enter(2, scheduler), await enter(4, scheduler)]
        await #expect(throws: SchedulingError.queueFull(capacity: 2, retryAfter: .seconds(6))) {
            try await scheduler.submit(2)
        }
        model.open(3)
        for task in queued + [running] { _ = try await task.value }
    }

    @Test func aDeadlinePassesWhileQueuedAndTheWorkIsNeverRun() async throws {
        let scheduler = scheduler()
        let running = await enter(0, scheduler)
        await until { model.batches.count == 1 }
        let hasty = await enter(2, scheduler, deadline: .seconds(5))
        await until { clock.sleeperCount == 1 }
        clock.advance(by: .seconds(5))
        await #expect(throws: SchedulingError.deadlineExceeded(after: .seconds(5))) { try await hasty.value }
        #expect(scheduler.metrics.depth == 0)
        model.open()
        _ = try await running.value
        #expect(model.batches == [[0]])
        #expect(scheduler.metrics.expired == 1)
    }

    @Test func aDeadlineThatPassesWhileComputingIsAnsweredInTime() async throws {
        let scheduler = scheduler(deadline: .seconds(7))
        let task = await enter(2, scheduler)
        await until { model.batches.count == 1 && clock.sleeperCount == 1 }
        clock.advance(by: .seconds(7))
        await #expect(throws: SchedulingError.deadlineExceeded(after: .seconds(7))) { try await task.value }
        model.open()
        await scheduler.drain()
        #expect(scheduler.metrics.completed == 0)
    }

    @Test(arguments: [Duration.zero, .seconds(-1)])
    func aDeadlineInThePastIsRefusedAtOnce(_ deadline: Duration) async {
        let scheduler = scheduler()
        await #expect(throws: SchedulingError.deadlineExceeded(after: deadline)) {
            try await scheduler.submit(2, deadline: deadline)
        }
        #expect(model.batches.isEmpty)
    }

    @Test func deadlinesOutOfOrderEachPassAtTheirMoment() async throws {
        let scheduler = scheduler()
        let running = await enter(0, scheduler)
        await until { model.batches.count == 1 }
        let slow = await enter(2, scheduler, deadline: .seconds(20))
        let fast = await enter(4, scheduler, deadline: .seconds(10))
        await until { clock.sleeperCount == 1 }
        clock.advance(by: .seconds(10))
        await #expect(throws: SchedulingError.self) { try await fast.value }
        #expect(scheduler.metrics.depth == 1)
        await until { clock.sleeperCount == 1 }
        clock.advance(by: .seconds(10))
        await #expect(throws: SchedulingError.self) { try await slow.value }
        model.open()
        _ = try await running.value
    }

    @Test func cancellingWhileQueuedTakesTheWorkOutOfTheQueue() async throws {
        let scheduler = scheduler()
        let running = await enter(0, scheduler)
        await until { model.batches.count == 1 }
        let leaving = await enter(2, scheduler)
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        #expect(scheduler.metrics.depth == 0)
        #expect(scheduler.metrics.cancelled == 1)
        model.open()
        _ = try await running.value
        #expect(model.batches == [[0]])
    }

    @Test func cancellingWhileComputingAnswersAtOnceAndTheLaneGoesOn() async throws {
        let scheduler = scheduler()
        let leaving = await enter(0, scheduler)
        await until { model.batches.count == 1 }
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        let next = await enter(2, scheduler)
        model.open(2)
        #expect(try await next.value.output == 4)
    }

    @Test func aTaskCancelledBeforeItSubmitsNeverEnters() async {
        let scheduler = scheduler()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await scheduler.submit(2)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(scheduler.metrics.submitted == 0)
    }

    @Test func workOfOneKeySharesABatchAndAFailingPieceFailsAlone() async throws {
        let scheduler = scheduler(joining: .rows(upTo: 8))
        let first = await enter(0, scheduler)
        await until { model.batches.count == 1 }
        var tasks: [Task<Completion<Int>, any Error>] = []
        for work in [2, 3, 4] { tasks.append(await enter(work, scheduler)) }
        tasks.append(await enter(6, scheduler, key: "other"))
        model.open(3)
        _ = try await first.value
        #expect(try await tasks[0].value.output == 4)
        await #expect(throws: GatedModel.Odd(number: 3)) { try await tasks[1].value }
        #expect(try await tasks[2].value.output == 8)
        #expect(try await tasks[2].value.batchRows == 3)
        #expect(try await tasks[3].value.batchRows == 1)
        #expect(model.batches == [[0], [2, 3, 4], [6]])
        #expect(scheduler.metrics.failed == 1)
        #expect(scheduler.metrics.batchRows == [2, 0, 1])
    }

    @Test func interactiveWorkOvertakesBatchWork() async throws {
        let scheduler = scheduler()
        var tasks = [await enter(0, scheduler)]
        await until { model.batches.count == 1 }
        tasks.append(await enter(2, scheduler, priority: .batch))
        tasks.append(await enter(4, scheduler, priority: .interactive))
        model.open(3)
        for task in tasks { _ = try await task.value }
        #expect(model.batches == [[0], [4], [2]])
    }

    @Test func drainingFinishesWhatWasAcceptedAndTakesNothingNew() async throws {
        let scheduler = scheduler()
        let running = await enter(0, scheduler)
        await until { model.batches.count == 1 }
        let queued = await enter(2, scheduler)
        async let drained: Void = scheduler.drain()
        await until { scheduler.isDraining }
        await #expect(throws: SchedulingError.draining) { try await scheduler.submit(4) }
        model.open(2)
        await drained
        #expect(try await running.value.output == 0)
        #expect(try await queued.value.output == 4)
        await scheduler.drain()
    }

    @Test func stoppingRefusesWhatIsQueuedAndWaitsForWhatRuns() async throws {
        let scheduler = scheduler()
        let running = await enter(0, scheduler)
        await until { model.batches.count == 1 }
        let queued = await enter(2, scheduler)
        async let stopped: Void = scheduler.stop()
        await #expect(throws: SchedulingError.draining) { try await queued.value }
        model.open()
        await stopped
        #expect(try await running.value.output == 0)
        #expect(model.batches == [[0]])
    }

    @Test func twoSchedulersTakeTurnsOnOneEngine() async throws {
        let engine = Engine()
        let (a, b) = (GatedModel(), GatedModel())
        let first = Scheduler(a, on: engine)
        let second = Scheduler(b, on: engine)
        var tasks = [await enter(0, first)]
        await until { a.batches.count == 1 }
        tasks += [await enter(2, first), await enter(4, second)]
        #expect(b.batches.isEmpty, "one thread: the second waits for the first")
        a.open()
        await until { b.batches.count == 1 }
        #expect(a.batches.count == 1, "the first had its turn")
        b.open()
        a.open()
        for task in tasks { _ = try await task.value }
    }

    @Test func aThousandSubmissionsAndCancellationsAtOnceAreEachAnsweredOnce() async {
        let scheduler = Scheduler(Doubling(), on: Engine(), configuration: .init(capacity: 64, joining: .rows(upTo: 8)))
        let answers = await withTaskGroup(of: Bool.self) { group in
            for i in 0..<1_000 {
                group.addTask {
                    let task = Task { try await scheduler.submit(i, key: i % 2) }
                    if i % 3 == 0 { task.cancel() }
                    switch await task.result {
                    case .success(let completion): return completion.output == 2 * i
                    case .failure(let error): return error is CancellationError || error is SchedulingError
                    }
                }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(answers.count == 1_000 && answers.allSatisfy { $0 })
        await scheduler.drain()
        let metrics = scheduler.metrics
        #expect(metrics.submitted == metrics.completed + metrics.cancelled)
        #expect(metrics.depth == 0 && metrics.running == 0)
    }
}

private struct Doubling: BatchModel {
    func run(_ batch: [Int]) -> [Result<Int, any Error>] { batch.map { .success(2 * $0) } }
    typealias Key = Int
}
