/// Numbers out of bytes from outside: a read that would leave them gives `nil`.
struct LittleEndianReader {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// `count` ≤ 8 bytes at `offset`; `nil` as well where the number exceeds `Int`.
    func number(at offset: Int, _ count: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count, count <= bytes.count - offset else { return nil }
        let value = (0..<count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[offset + $1]) }
        return Int(exactly: value)
    }
}
