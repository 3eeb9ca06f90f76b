import Scheduling
import Testing

struct EngineTests {
    @Test func workRunsInOrderAndNeverOverlaps() async throws {
        let engine = Engine()
        let log = Counter()
        let inside = Counter()
        for i in 0..<200 {
            engine.enqueue {
                #expect(inside.add() == 1)
                #expect(log.add() == i + 1)
                inside.add(-1)
            }
        }
        try await engine.run {}
        #expect(log.value == 200)
    }

    @Test func resultsAndErrorsComeBack() async throws {
        let engine = Engine()
        #expect(try await engine.run { 7 } == 7)
        await #expect(throws: CancellationError.self) { try await engine.run { throw CancellationError() } }
    }

    @Test func theStackIsLarge() async throws {
        @Sendable func depth(_ n: Int) -> Int { n == 0 ? 0 : 1 + withExtendedLifetime([n]) { depth(n - 1) } }
        #expect(try await Engine(stackSize: 256 << 20).run { depth(200_000) } == 200_000)
    }

    @Test func whatWasGivenIsDoneEvenWhenTheEngineIsLetGo() async {
        await withCheckedContinuation { continuation in
            let engine = Engine()
            engine.enqueue { continuation.resume() }
        }
    }
}
