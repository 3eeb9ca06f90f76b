import Scheduling
import Testing

/// What fits goes on; what does not waits, in order; what never can is refused.
@Suite struct MemoryBudgetTests {
    private let clock = ManualClock()

    private func budget(_ capacity: Int = 100, queue: Int = 2) -> MemoryBudget {
        MemoryBudget(capacity: capacity, queue: queue, time: Timekeeper(clock))
    }

    /// Until so many wait.
    private func waiting(_ count: Int, in budget: MemoryBudget) async {
        while budget.use.waiting != count { await Task.yield() }
    }

    @Test func whatIsHeldIsGivenBack() async throws {
        let budget = budget()
        do {
            let first = try await budget.admit(60, patience: .seconds(1))
            let second = try await budget.admit(40, patience: .seconds(1))
            #expect(budget.use.held == 100)
            withExtendedLifetime((first, second)) {}
        }
        #expect(budget.use.held == 0)
    }

    @Test func theNextGoesOnWhenThereIsRoom() async throws {
        let budget = budget()
        var first: Admission? = try await budget.admit(80, patience: .seconds(1))
        let large = Task { try await budget.admit(50, patience: .seconds(1)) }
        await waiting(1, in: budget)
        // It would fit, but not before its turn.
        let small = Task { try await budget.admit(10, patience: .seconds(1)) }
        await waiting(2, in: budget)
        #expect(budget.use.held == 80)
        withExtendedLifetime(first) {}
        first = nil
        let admitted = (try await large.value, try await small.value)
        #expect(budget.use.held == 60)
        withExtendedLifetime(admitted) {}
    }

    @Test func whatNeverFitsIsRefusedAtOnce() async {
        await #expect(throws: NeverFits(bytes: 101, capacity: 100)) {
            try await budget().admit(101, patience: .seconds(1))
        }
    }

    @Test func onlySoManyWait() async throws {
        let budget = budget(queue: 1)
        let first = try await budget.admit(100, patience: .seconds(1))
        let second = Task { try await budget.admit(1, patience: .seconds(1)) }
        await waiting(1, in: budget)
        await #expect(throws: SchedulingError.queueFull(capacity: 1, retryAfter: .seconds(1))) {
            try await budget.admit(1, patience: .seconds(1))
        }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(budget.use.waiting == 0)
        withExtendedLifetime(first) {}
    }

    @Test func patienceEnds() async throws {
        let budget = budget()
        let first = try await budget.admit(100, patience: .seconds(1))
        let second = Task { try await budget.admit(1, patience: .seconds(3)) }
        await waiting(1, in: budget)
        while clock.sleeperCount == 0 { await Task.yield() }
        clock.advance(by: .seconds(3))
        await #expect(throws: SchedulingError.deadlineExceeded(after: .seconds(3))) { try await second.value }
        withExtendedLifetime(first) {}
    }
}
