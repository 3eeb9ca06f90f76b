import Tensors
import Testing

@testable import Checkpoints

struct NpyTests {
    @Test func tensorsRoundTrip() throws {
        let tensor = Tensor(shape: [2, 3], elements: [1, -2, 3.5, 0, .infinity, 6])
        let read = try Npy.decode(Npy.encode(ArrayValue(tensor)))
        #expect(read.shape == [2, 3] && read.type == .float32 && read.tensor.elements == tensor.elements)
        let turned = try Npy.decode(Npy.encode(ArrayValue(tensor.permuted([1, 0]))))
        #expect(turned.tensor.elements == [1, 0, -2, .infinity, 3.5, 6])
    }

    @Test func integersRoundTrip() throws {
        let read = try Npy.decode(Npy.encode(ArrayValue([1 << 60, -3], shape: [2, 1])))
        #expect(read.type == .int64 && read.bytes == ArrayValue([1 << 60, -3], shape: [2, 1]).bytes)
    }

    @Test func columnMajorArraysAreTurned() throws {
        var header = NpyHeader(type: .uint8, shape: [2, 3, 2])
        header.isColumnMajor = true
        // Element [i, j, k] lies at i + 2j + 6k and holds 100i + 10j + k.
        let stored = (0..<12).map { (offset: Int) -> UInt8 in
            let (i, j, k) = (offset % 2, offset / 2 % 3, offset / 6)
            return UInt8(100 * i + 10 * j + k)
        }
        let read = try Npy.decode(header.encoded + stored)
        #expect(read.bytes == [0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121])
    }

    @Test(
        arguments: [([2, 3], 23), ([2, 3], 25), ([], 0), ([0, 5], 4), ([1 << 40, 1 << 40], 8), ([5], 0)]
            as [([Int], Int)])
    func elementsMustFillTheShape(shape: [Int], count: Int) {
        let bytes = NpyHeader(type: .float32, shape: shape).encoded + [UInt8](repeating: 0, count: count)
        #expect(throws: ArchiveError.self) { try Npy.decode(bytes) }
    }

    @Test func writingInPiecesIsWritingAtOnce() {
        let array = ArrayValue(Tensor(repeating: 2, shape: [ByteStream.pieceSize]))
        let pieces = Array(Npy.pieces(of: array))
        #expect(pieces.flatMap { $0 } == Npy.encode(array) && pieces.count == 5)
    }
}
