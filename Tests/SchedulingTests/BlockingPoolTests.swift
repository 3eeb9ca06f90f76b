import Dispatch
import Scheduling
import Testing

struct BlockingPoolTests {
    @Test func resultsAndErrorsComeBack() async throws {
        let pool = BlockingPool(threads: 2)
        #expect(try await pool.run { "a" } == "a")
        await #expect(throws: SchedulingError.draining) { try await pool.run { throw SchedulingError.draining } }
    }

    @Test(arguments: [1, 3])
    func asManyRunAtOnceAsThereAreThreads(_ threads: Int) async throws {
        let pool = BlockingPool(threads: threads)
        let begun = Counter()
        let gate = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<threads {
                group.addTask {
                    try await pool.run {
                        begun.add()
                        gate.wait()
                    }
                }
            }
            await until { begun.value == threads }  // none ends before the gate opens
            for _ in 0..<threads { gate.signal() }
            try await group.waitForAll()
        }
    }

    @Test func theQueueIsBoundedAndACancelledJobFreesItsPlaceAndNeverRuns() async throws {
        let pool = BlockingPool(threads: 1, capacity: 2)
        let gate = DispatchSemaphore(value: 0)
        let begun = Counter()
        let occupant = Task {
            try await pool.run {
                begun.add()
                gate.wait()
            }
        }
        await until { begun.value == 1 }
        let waiting = (0..<2).map { _ in Task { try await pool.run { begun.add() } } }
        await until { pool.depth == 2 }
        await #expect(throws: SchedulingError.queueFull(capacity: 2, retryAfter: .seconds(1))) { try await pool.run {} }
        waiting[0].cancel()
        await #expect(throws: CancellationError.self) { try await waiting[0].value }
        #expect(pool.depth == 1)
        gate.signal()
        try await occupant.value
        #expect(try await waiting[1].value == 2)
        #expect(pool.depth == 0)
    }

    @Test func aCancelledTaskRunsNothing() async {
        let pool = BlockingPool(threads: 1)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await pool.run { _ = Issue.record("the job ran") }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(pool.depth == 0)
    }
}
