import Tensors
import Testing

@Suite struct RowPiecesTests {
    @Test func aRowIsFoundInWhateverPieceItLies() {
        let tensor = Tensor(shape: [5, 2], elements: (0..<10).map { Float($0) })
        for pieces in [[5], [1, 4], [2, 2, 1], [1, 1, 1, 1, 1]] {
            var start = 0
            let rows = RowPieces(
                pieces.map { count in
                    defer { start += count }
                    return tensor.rows(start..<(start + count))
                })
            for row in 0..<5 {
                #expect(rows.row(row).shape == [1, 2])
                #expect(rows.row(row).elements == [Float(2 * row), Float(2 * row + 1)])
            }
        }
    }
}
