import Interpretability
import Testing

@Suite struct PatchLayoutTests {
    /// Class token, two registers, patches.
    @Test func positionsAreCalledWhatTheyAre() {
        let layout = PatchLayout(rows: 2, columns: 2, prefix: 3, hasClassToken: true)
        #expect((0..<layout.positions).map { layout.name(of: $0) } == ["CLS", "R1", "R2", "0", "1", "2", "3"])
        #expect(Array(layout.patchPositions) == [3, 4, 5, 6])
        let plain = PatchLayout(rows: 1, columns: 2, prefix: 0, hasClassToken: false)
        #expect((0..<2).map { plain.name(of: $0) } == ["0", "1"])
    }
}
