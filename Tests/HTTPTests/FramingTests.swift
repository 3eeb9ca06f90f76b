import HTTP
import Testing

/// Our own table of what a strict server does with the bytes that probes of compliance and smuggling send.
@Suite("Request framing")
struct FramingTests {
    @Test("each case has the outcome that the RFCs ask for", arguments: FramingCase.all)
    func table(_ row: FramingCase) {
        #expect(outcome(of: row.bytes) == row.outcome)
    }

    @Test("no outcome hangs on how the bytes arrive", arguments: [1, 2, 3, 7])
    func pieces(of size: Int) {
        for row in FramingCase.all {
            #expect(outcome(of: row.bytes, inPiecesOf: size) == row.outcome, "\(row.name)")
        }
    }

    @Test("the table is as long as promised, and no case stands in it twice")
    func size() {
        #expect(FramingCase.all.count >= 200)
        #expect(Set(FramingCase.all.map(\.bytes)).count == FramingCase.all.count)
    }
}
