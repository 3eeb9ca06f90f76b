import Tensors
import Testing

@testable import Checkpoints

struct SafetensorsWriterTests {
    private let tensor = Tensor(shape: [2, 3], elements: [1, -2, 3.5, 0, .infinity, 6])

    @Test func itsFilesObeyEveryRuleAndItsLengthIsKnownBefore() throws {
        let writer = SafetensorsWriter(
            [
                ("logits \"é\"", ArrayValue(tensor)), ("ids", ArrayValue([7, -8], shape: [2])),
                ("flags", ArrayValue(type: .bool, shape: [3], bytes: [1, 0, 1])),
                ("none", ArrayValue([], shape: [0, 4])),
            ], metadata: [("response", "{\"a\": 1}")])
        let bytes = writer.encoded
        #expect(bytes.count == writer.byteCount)
        #expect(writer.header.count % 8 == 0)
        let file = try SafetensorsFile.opening(bytes)
        #expect(Set(file.entries.map(\.name)) == ["logits \"é\"", "ids", "flags", "none"])
        #expect(file.metadata == ["response": "{\"a\": 1}"])
        #expect(try file.tensor(named: "logits \"é\"").elements == tensor.elements)
        #expect(try file.tensor(named: "ids").elements == [7, -8])
        #expect(try file.tensor(named: "flags").elements == [1, 0, 1])
    }

    @Test func viewsAreWrittenInTheirOwnOrder() throws {
        let writer = SafetensorsWriter([("t", ArrayValue(tensor.permuted([1, 0])))])
        let file = try SafetensorsFile.opening(writer.encoded)
        #expect(try file.tensor(named: "t").shape == [3, 2])
        #expect(try file.tensor(named: "t").elements == [1, 0, -2, .infinity, 3.5, 6])
    }

    @Test func largeTensorsGoInPieces() {
        let size = ByteStream.pieceSize
        let large = Tensor(repeating: 1, shape: [3 * size / 4 + 1])
        let pieces = SafetensorsWriter([("large", ArrayValue(large))]).pieces.map(\.count)
        #expect(pieces.dropFirst() == [size, size, size, 4])
    }

    @Test func tensorsInPiecesAreWrittenAsOne() throws {
        let whole = Tensor(shape: [90_000, 2], elements: (0..<180_000).map(Float.init))
        let parts = RowPieces([whole.rows(0..<1), whole.rows(1..<70_001), whole.rows(70_001..<90_000)])
        let writer = SafetensorsWriter([("t", ArrayValue(parts))])
        #expect(writer.encoded == SafetensorsWriter([("t", ArrayValue(whole))]).encoded)
        #expect(NpzWriter.encode([("t", ArrayValue(parts))]) == NpzWriter.encode([("t", ArrayValue(whole))]))
        #expect(writer.byteCount == writer.encoded.count)
    }

    @Test func anEmptyFileIsValid() throws {
        let file = try SafetensorsFile.opening(SafetensorsWriter([]).encoded)
        #expect(file.entries.isEmpty)
    }
}
