/// Numbers out of bytes from outside: a read that would leave them gives `nil`.
struct LittleEndianReader {
    private let source: ByteSource

    init(_ source: ByteSource) { self.source = source }

    /// `count` ≤ 8 bytes at `offset`; `nil` as well where the number exceeds `Int`.
    func number(at offset: Int, _ count: Int) -> Int? {
        guard offset >= 0, offset <= source.count, count <= source.count - offset else { return nil }
        let value = source.withBytes(offset..<(offset + count)) { bytes in
            bytes.indices.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) }
        }
        return Int(exactly: value)
    }
}
