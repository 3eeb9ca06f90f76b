/// Reading numbers and words out of bytes from outside: a read that would leave the span gives `nil` or `false`.
extension Span<UInt8> {
    func hasBytes(_ expected: [UInt8], at offset: Int) -> Bool {
        guard offset >= 0, offset <= count, count - offset >= expected.count else { return false }
        return expected.indices.allSatisfy { self[offset + $0] == expected[$0] }
    }

    func hasText(_ text: StaticString, at offset: Int) -> Bool {
        text.withUTF8Buffer { hasBytes(Array($0), at: offset) }
    }

    func integer16(at offset: Int, littleEndian: Bool = false) -> Int? {
        guard offset >= 0, offset <= count - 2 else { return nil }
        let (first, second) = (Int(self[offset]), Int(self[offset + 1]))
        return littleEndian ? second << 8 | first : first << 8 | second
    }

    func integer32(at offset: Int, littleEndian: Bool = false) -> Int? {
        guard
            let first = integer16(at: offset, littleEndian: littleEndian),
            let second = integer16(at: offset + 2, littleEndian: littleEndian)
        else { return nil }
        return littleEndian ? second << 16 | first : first << 16 | second
    }

    /// Where the payload of a PNG's first chunk of that name lies. After the signature of eight bytes come the chunks:
    ///
    ///     4 length | 4 name | payload | 4 checksum
    func pngChunk(named name: StaticString) -> Range<Int>? {
        var offset = 8
        while let length = integer32(at: offset), length <= count - offset {
            let start = offset + 8
            if hasText(name, at: offset + 4), start + length <= count { return start..<(start + length) }
            offset = start + length + 4
        }
        return nil
    }
}
