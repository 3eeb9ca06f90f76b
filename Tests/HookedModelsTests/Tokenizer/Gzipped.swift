/// A gzip file (RFC 1952) whose blocks are stored as they are.
enum Gzipped {
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
        for start in stride(from: 0, to: max(bytes.count, 1), by: 0xFFFF) {
            let block = bytes[start..<min(start + 0xFFFF, bytes.count)]
            let (length, isLast) = (UInt16(block.count), block.endIndex == bytes.count)
            file += [isLast ? 1 : 0] + littleEndian(length) + littleEndian(~length) + block
        }
        return file + littleEndian(checksum(bytes)) + littleEndian(UInt32(truncatingIfNeeded: bytes.count))
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private static let table: [UInt32] = (0..<256).map { start in
        var value = UInt32(start)
        for _ in 0..<8 {
            let isOdd = value & 1 == 1
            value >>= 1
            if isOdd { value ^= 0xEDB8_8320 }
        }
        return value
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var value = UInt32.max
        for byte in bytes {
            let index = UInt8(truncatingIfNeeded: value) ^ byte
            value = (value >> 8) ^ table[Int(index)]
        }
        return ~value
    }
}
