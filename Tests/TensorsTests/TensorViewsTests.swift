import Testing

@testable import Tensors

@Suite struct TensorViewsTests {
    private let cube = Tensor(shape: [2, 3, 4], elements: (0..<24).map(Float.init))

    @Test func copiesShareUntilOneIsWritten() {
        var copy = cube
        copy.withMutableSpan { $0[0] = 99 }
        #expect(copy[0, 0, 0] == 99)
        #expect(cube[0, 0, 0] == 0)
    }

    @Test func slicesAndPermutationsReadTheSameElements() {
        #expect(cube.slice(axis: 1, 1..<3).elements == [4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23])
        #expect(cube.rows(1..<2).shape == [1, 3, 4])
        let turned = cube.permuted([2, 0, 1])
        #expect(turned.shape == [4, 2, 3])
        for i in 0..<4 {
            for j in 0..<2 { for k in 0..<3 { #expect(turned[i, j, k] == cube[j, k, i]) } }
        }
        #expect(turned.reshaped([24]).elements.prefix(4) == [0, 4, 8, 12])
        #expect(turned.elements == turned.contiguous().elements)
    }

    @Test func writingAViewLeavesItsOriginAlone() {
        var view = cube.slice(axis: 2, 0..<1)
        view.withMutableSpan { span in for index in span.indices { span[index] = -1 } }
        #expect(view.elements == [Float](repeating: -1, count: 6))
        #expect(cube.elements == (0..<24).map(Float.init))
    }

    @Test func gatheredKeepsOrderAndRepeats() {
        #expect(cube.gathered(axis: 2, [3, 0, 3]).rows(0..<1).elements == [3, 0, 3, 7, 4, 7, 11, 8, 11])
    }

    @Test(arguments: [0, 1, 2])
    func concatenationUndoesSlicing(axis: Int) {
        let middle = cube.shape[axis] / 2
        let parts = [cube.slice(axis: axis, 0..<middle), cube.slice(axis: axis, middle..<cube.shape[axis])]
        #expect(Tensor.concatenated(parts, axis: axis).elements == cube.elements)
    }

    @Test func compactedHoldsOnlyItsOwn() {
        let row = cube.rows(1..<2).compacted()
        #expect(row.elements == (12..<24).map(Float.init))
        #expect(row.layout.offset == 0)
    }

    @Test func scalarsAndEmptyTensorsAreTensors() {
        #expect(Tensor(shape: [], elements: [5]).elements == [5])
        #expect(Tensor(shape: [0, 3], elements: []).elements == [])
        #expect(Tensor(shape: [2, 0], elements: []).contiguous().count == 0)
    }

    @Test func patchesAreCutInRowsAsAConvolutionDoes() {
        let picture = Tensor(shape: [1, 2, 4, 5], elements: (0..<40).map(Float.init))
        let patches = picture.patches(2, 2)
        #expect(patches.shape == [1, 4, 8])
        #expect(patches.rows(0..<1).elements.prefix(8) == [0, 1, 5, 6, 20, 21, 25, 26])
        #expect(patches.elements.suffix(8) == [12, 13, 17, 18, 32, 33, 37, 38])
    }

    @Test func piecesJoin() {
        let pieces = RowPieces([cube.rows(0..<1), cube.rows(1..<2)])
        #expect(pieces.shape == [2, 3, 4])
        #expect(pieces.joined.elements == cube.elements)
    }
}
