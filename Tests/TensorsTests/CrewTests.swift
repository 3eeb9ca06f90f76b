import Synchronization
import Testing

@testable import Tensors

@Suite struct CrewTests {
    @Test(arguments: [1, 2, 4], [0, 1, 2, 7, 100])
    func everyPartRunsOnce(width: Int, count: Int) {
        let crew = Crew(width: width)
        let seen = Mutex([Int](repeating: 0, count: count))
        crew.run(count) { part in seen.withLock { $0[part] += 1 } }
        #expect(seen.withLock { $0 }.allSatisfy { $0 == 1 })
    }

    @Test(arguments: [1, 3])
    func whatIsCollectedKeepsItsOrder(width: Int) {
        #expect(Crew(width: width).collect(50) { $0 * $0 } == (0..<50).map { $0 * $0 })
        #expect(Crew(width: width).collect(0) { $0 }.isEmpty)
    }

    @Test func partsCoverTheRangeOnce() {
        let crew = Crew(width: 3)
        for count in 0..<40 {
            let seen = Mutex([Int](repeating: 0, count: count))
            crew.split(count, atLeast: 2) { range in seen.withLock { seen in for i in range { seen[i] += 1 } } }
            #expect(seen.withLock { $0 }.allSatisfy { $0 == 1 })
        }
    }

    @Test func aLoopWithinALoopRunsInItsThread() {
        let crew = Crew(width: 2)
        let sum = Mutex(0)
        crew.run(4) { outer in crew.run(5) { inner in sum.withLock { $0 += outer * 10 + inner } } }
        // Σ over outer of 5 · 10 · outer, and Σ over inner four times.
        #expect(sum.withLock { $0 } == 50 * 6 + 4 * 10)
    }

    @Test func manyLeadersAtOnceAllGetTheirWork() async {
        let crew = Crew(width: 3)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    (0..<200).allSatisfy { _ in
                        let count = Mutex(0)
                        crew.run(9) { part in count.withLock { $0 += part } }
                        return count.withLock { $0 } == 36
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
