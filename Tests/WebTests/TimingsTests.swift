import Testing
import Web

struct TimingsTests {
    @Test func phasesAreAddedUpAndToldInOrder() {
        let timings = Timings()
        timings.add(.microseconds(1_250), to: .compute)
        timings.add(.microseconds(31), to: .queue)
        timings.add(.milliseconds(2), to: .compute)
        #expect(timings.field == "queue;dur=0.031, compute;dur=3.250")
        #expect(timings[.compute] == .microseconds(3_250))
        #expect(timings[.encode] == nil)
    }

    @Test func nothingMeasuredIsNothingTold() { #expect(Timings().field.isEmpty) }

    @Test func aMeasureIsTakenEvenWhenItThrows() async {
        let timings = Timings()
        await #expect(throws: CancellationError.self) {
            try await timings.measure(.decode) { throw CancellationError() }
        }
        #expect(timings[.decode] != nil)
    }
}
