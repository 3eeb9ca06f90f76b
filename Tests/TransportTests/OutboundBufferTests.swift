import Testing

@testable import Transport

@Suite("Outbound buffer")
struct OutboundBufferTests {
    /// Takes everything, `step` bytes at a time.
    private func drain(_ buffer: inout OutboundBuffer, step: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = buffer.withFirst({ bytes, _ in Array(bytes.prefix(step)) }) {
            bytes += piece
            buffer.consume(piece.count)
        }
        return bytes
    }

    @Test("what goes in comes out in order, in steps of any size", arguments: [1, 3, 1000, 20_000, Int.max])
    func order(step: Int) {
        var buffer = OutboundBuffer()
        var expected: [UInt8] = []
        for index in 0..<200 {
            let piece = [UInt8](repeating: UInt8(index), count: index % 7 == 0 ? 5000 : index)
            buffer.append(piece)
            expected += piece
        }
        #expect(buffer.count == expected.count)
        #expect(drain(&buffer, step: step) == expected)
        #expect(buffer.isEmpty && buffer.count == 0)
        buffer.append([1])
        #expect(drain(&buffer, step: step) == [1])
    }

    @Test("appending between partial sends keeps the order")
    func interleaved() {
        var buffer = OutboundBuffer()
        var expected: [UInt8] = []
        var sent: [UInt8] = []
        for index in 0..<1000 {
            let piece = [UInt8](repeating: UInt8(index % 251), count: index % 97 * 300)
            buffer.append(piece)
            expected += piece
            if let some = buffer.withFirst({ bytes, _ in Array(bytes.prefix(11_000)) }) {
                sent += some
                buffer.consume(some.count)
            }
        }
        sent += drain(&buffer, step: 4096)
        #expect(sent == expected)
    }

    @Test("small pieces are put together, large ones stay apart")
    func joins() {
        var buffer = OutboundBuffer()
        buffer.append([1])
        buffer.append([2])
        #expect(buffer.withFirst { bytes, more in Array(bytes) == [1, 2] && !more } == true)
        buffer.append([UInt8](repeating: 3, count: OutboundBuffer.smallPiece))
        #expect(buffer.withFirst { bytes, more in bytes.count == 2 && more } == true)
    }
}
