import Testing

@testable import Transport

@Suite("Pace")
struct PaceTests {
    private let start = ContinuousClock.now

    private func isTooSlow(_ pace: inout Pace, after duration: Duration) -> Bool {
        pace.isTooSlow(at: start + duration, interval: .seconds(10), rate: 1024)
    }

    @Test("a full interval of waiting decides, by its bytes", arguments: [(10_239, true), (10_240, false)])
    func decides(bytes: Int, expected: Bool) {
        var pace = Pace()
        pace.setWaiting(true, at: start)
        pace.received(bytes)
        #expect(!isTooSlow(&pace, after: .milliseconds(9_999)))
        #expect(isTooSlow(&pace, after: .seconds(10)) == expected)
    }

    @Test("time not waited does not count")
    func pauses() {
        var pace = Pace()
        pace.setWaiting(true, at: start)
        pace.setWaiting(false, at: start + .seconds(9))
        #expect(!isTooSlow(&pace, after: .seconds(100)))
        pace.setWaiting(true, at: start + .seconds(100))
        #expect(!isTooSlow(&pace, after: .milliseconds(100_999)))
        #expect(isTooSlow(&pace, after: .seconds(101)))
    }

    @Test("each interval starts anew")
    func intervals() {
        var pace = Pace()
        pace.setWaiting(true, at: start)
        pace.received(1_000_000)
        #expect(!isTooSlow(&pace, after: .seconds(10)))
        #expect(!isTooSlow(&pace, after: .seconds(19)))
        #expect(isTooSlow(&pace, after: .seconds(20)))
    }
}
