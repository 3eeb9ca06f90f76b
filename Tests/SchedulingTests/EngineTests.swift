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

    /// 40 MB of it, where a thread has 8 unless told otherwise.
    @Test func theStackIsLarge() async throws {
        @Sendable func descend(_ frames: Int) -> Int {
            var room = InlineArray<1_024, Int>(repeating: 0)
            room[frames % 1_024] = 1
            return frames == 0 ? 0 : room[frames % 1_024] + descend(frames - 1)
        }
        #expect(try await Engine(stackSize: 128 << 20).run { descend(5_000) } == 5_000)
    }

    @Test func whatWasGivenIsDoneEvenWhenTheEngineIsLetGo() async {
        await withCheckedContinuation { continuation in
            let engine = Engine()
            engine.enqueue { continuation.resume() }
        }
    }
}
