import Scheduling
import Testing

struct BatcherTests {
    private typealias Item = Batcher<String>.Item

    private func item(
        _ rows: Int = 1, _ key: String? = nil, _ priority: Priority = .interactive, deadline: Int = 60
    ) -> Batcher<String>.Item {
        Item(rows: rows, key: key, priority: priority, deadline: .seconds(deadline))
    }

    /// The item's number; 0, which is none, when the queue was full.
    private func add(_ item: Batcher<String>.Item, to batcher: inout Batcher<String>) -> UInt64 {
        batcher.admit(item) ?? 0
    }

    @Test(arguments: [1, 2, 256])
    func theQueueHoldsItsCapacityAndNotOneMore(_ capacity: Int) {
        var batcher = Batcher<String>(capacity: capacity, joining: .oneByOne)
        for _ in 0..<capacity { #expect(batcher.admit(item()) != nil) }
        #expect(batcher.admit(item()) == nil)
        #expect(batcher.depth == capacity)
        _ = batcher.nextBatch()
        #expect(batcher.admit(item()) != nil, "what runs no longer takes a place")
    }

    @Test func interactiveGoesFirstAndThenTheOldest() {
        var batcher = Batcher<String>(capacity: 9, joining: .oneByOne)
        let ids = [Priority.batch, .interactive, .batch, .interactive].map { batcher.admit(item(1, "k", $0)) }
        var order: [UInt64?] = []
        while let id = batcher.nextBatch().first {
            order.append(id)
            batcher.finish([id])
        }
        #expect(order == [ids[1], ids[3], ids[0], ids[2]])
        #expect(batcher.nextBatch().isEmpty)
    }

    @Test(
        "joins",
        arguments: [
            // rows and key of each item, policy, places of the items in the first batch
            ([(1, "a"), (1, "a"), (1, "a")], JoiningPolicy.oneByOne, [0]),
            ([(1, "a"), (1, "a"), (1, "a")], .rows(upTo: 2), [0, 1]),
            ([(1, "a"), (1, "b"), (1, "a")], .rows(upTo: 8), [0, 2]),
            ([(3, "a"), (2, "a"), (1, "a")], .rows(upTo: 4), [0, 2]),
            ([(9, "a"), (1, "a")], .rows(upTo: 4), [0]), ([(4, "a"), (1, "a")], .rows(upTo: 4), [0]),
            ([(1, nil), (1, nil)], .rows(upTo: 4), [0]), ([(1, nil), (1, "a")], .rows(upTo: 4), [0]),
            ([(1, "a"), (.max, "a"), (1, "a")], .rows(upTo: .max), [0, 2]),
            ([(1, "a"), (1, "a"), (1, "a")], JoiningPolicy(maximumRows: 9, maximumItems: 2), [0, 1]),
        ] as [([(Int, String?)], JoiningPolicy, [Int])])
    func joining(_ items: [(Int, String?)], _ policy: JoiningPolicy, _ expected: [Int]) {
        var batcher = Batcher<String>(capacity: 9, joining: policy)
        let ids = items.map { add(item($0.0, $0.1), to: &batcher) }
        #expect(batcher.nextBatch() == expected.map { ids[$0] })
        #expect(batcher.runningCount == expected.count)
        #expect(batcher.depth == items.count - expected.count)
    }

    @Test func batchWorkJoinsAnInteractiveBatchOfItsKey() {
        var batcher = Batcher<String>(capacity: 9, joining: .rows(upTo: 8))
        let slow = add(item(1, "a", .batch), to: &batcher)
        let fast = add(item(1, "a", .interactive), to: &batcher)
        #expect(batcher.nextBatch() == [fast, slow])
    }

    @Test func whatIsRemovedIsNeverRun() {
        var batcher = Batcher<String>(capacity: 9, joining: .oneByOne)
        let first = add(item(), to: &batcher)
        let second = add(item(), to: &batcher)
        let isRemoved = [batcher.remove(first), batcher.remove(first)]
        #expect(isRemoved == [true, false])
        #expect(batcher.nextBatch() == [second])
        batcher.remove(second)  // running, and nobody waits any more
        #expect(batcher.runningCount == 0)
    }

    @Test func deadlinesPassAtTheirMomentForQueuedAndRunning() {
        var batcher = Batcher<String>(capacity: 9, joining: .oneByOne)
        let running = add(item(deadline: 5), to: &batcher)
        let late = add(item(1, nil, .batch, deadline: 5), to: &batcher)
        let later = add(item(deadline: 6), to: &batcher)
        #expect(batcher.nextBatch() == [running])
        #expect(batcher.nextDeadline == .seconds(5))
        let moments: [Duration] = [.seconds(5) - .nanoseconds(1), .seconds(5)]
        let expired = moments.map { batcher.expire(now: $0) }
        #expect(expired == [[], [running, late]])
        #expect(batcher.nextDeadline == .seconds(6))
        #expect(batcher.nextBatch() == [later])
        batcher.finish([later])
        #expect(batcher.nextDeadline == nil)
    }

    @Test func clearingLeavesWhatRuns() {
        var batcher = Batcher<String>(capacity: 9, joining: .oneByOne)
        let ids = (0..<3).map { _ in add(item(), to: &batcher) }
        _ = batcher.nextBatch()
        #expect(batcher.clear() == Array(ids.dropFirst()))
        #expect(batcher.depth == 0 && batcher.runningCount == 1)
    }

    /// Whatever comes, every item leaves exactly once, and the queue never exceeds its capacity.
    @Test(arguments: 0..<20)
    func everyItemLeavesExactlyOnce(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var batcher = Batcher<Int>(capacity: 8, joining: .rows(upTo: 4))
        var admitted: Set<UInt64> = []
        var left: [UInt64] = []
        var running: [UInt64] = []
        for step in 0..<2_000 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1, 2:
                let item = Batcher<Int>.Item(
                    rows: .random(in: 1...5, using: &random), key: [nil, 0, 1][.random(in: 0..<3, using: &random)],
                    priority: Bool.random(using: &random) ? .batch : .interactive,
                    deadline: .seconds(step + .random(in: 1...40, using: &random)))
                if let id = batcher.admit(item) { admitted.insert(id) }
            case 3:
                if let id = admitted.subtracting(left).randomElement(using: &random), batcher.remove(id) {
                    left.append(id)
                    running.removeAll { $0 == id }
                }
            case 4:
                let expired = batcher.expire(now: .seconds(step))
                left += expired
                running.removeAll { expired.contains($0) }
            default:
                batcher.finish(running)
                left += running
                running = batcher.nextBatch()
            }
            #expect(batcher.depth <= 8)
            #expect(batcher.runningCount == running.count)
            #expect(batcher.depth + running.count + left.count == admitted.count)
        }
        #expect(Set(left).count == left.count)
    }
}

struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
