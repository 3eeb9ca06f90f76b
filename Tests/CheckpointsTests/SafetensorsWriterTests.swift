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
        let large = Tensor(repeating: 1, shape: [3 * SafetensorsWriter.pieceSize / 4 + 1])
        var pieces: [Int] = []
        SafetensorsWriter([("large", ArrayValue(large))]).write { pieces.append($0.count) }
        #expect(
            pieces.dropFirst() == [
                SafetensorsWriter.pieceSize, SafetensorsWriter.pieceSize, SafetensorsWriter.pieceSize, 4,
            ])
    }

    @Test func anEmptyFileIsValid() throws {
        let file = try SafetensorsFile.opening(SafetensorsWriter([]).encoded)
        #expect(file.entries.isEmpty)
    }

    @Test func aSinkThatFailsEndsTheWriting() {
        struct Full: Error {}
        let writer = SafetensorsWriter([("t", ArrayValue(tensor))])
        var calls = 0
        #expect(throws: Full.self) {
            try writer.write { (_: Span<UInt8>) throws(Full) in
                calls += 1
                throw Full()
            }
        }
        #expect(calls == 1)
    }
}
