/// The bytes of a pickle, read from front to back through a small window, so that a pickle in a large mapped file is
/// never copied as a whole. A length is held against what follows before anything is allocated.
struct PickleReader {
    /// Names of globals and the numbers of protocol 0, which end with their line.
    static let maximumLine = 4096
    private static let windowSize = 1 << 14

    /// Where the next byte lies in the source.
    private(set) var position: Int
    private let source: ByteSource
    private let end: Int
    private var window: [UInt8] = []
    private var windowStart: Int

    /// - Parameter range: where the pickle lies; it may end before.
    init(_ source: ByteSource, in range: Range<Int>) {
        self.source = source
        position = range.lowerBound
        windowStart = range.lowerBound
        end = range.upperBound
    }

    /// How many bytes follow.
    var available: Int { end - position }

    mutating func byte() throws(PickleProblem) -> UInt8 {
        let offset = position - windowStart
        if offset < window.count {
            position += 1
            return window[offset]
        }
        if available == 0 { throw .cutOff(needed: 1, available: 0) }
        windowStart = position
        window = source.bytes(position..<min(end, position + PickleReader.windowSize))
        position += 1
        return window[0]
    }

    /// A little-endian number of at most 8 bytes.
    mutating func number(_ size: Int) throws(PickleProblem) -> UInt64 {
        if size > available { throw .cutOff(needed: size, available: available) }
        var value: UInt64 = 0
        for index in 0..<size { value |= UInt64(try byte()) << (8 * UInt64(index)) }
        return value
    }

    /// A length of `size` bytes, and as many bytes as it says.
    mutating func prefixed(_ size: Int) throws(PickleProblem) -> [UInt8] {
        let length = try number(size)
        guard let count = Int(exactly: length) else { throw .cutOff(needed: .max, available: available) }
        return try bytes(count)
    }

    mutating func bytes(_ count: Int) throws(PickleProblem) -> [UInt8] {
        if count < 0 { throw .negativeLength(count) }
        if count > available { throw .cutOff(needed: count, available: available) }
        let offset = position - windowStart
        defer { position += count }
        if offset + count <= window.count { return Array(window[offset..<(offset + count)]) }
        return source.bytes(position..<(position + count))
    }

    /// What stands before the next line end, as text.
    mutating func line() throws(PickleProblem) -> String {
        var bytes: [UInt8] = []
        while true {
            let next = try byte()
            if next == UInt8(ascii: "\n") { break }
            if bytes.count == PickleReader.maximumLine { throw .noLineEnd(limit: PickleReader.maximumLine) }
            bytes.append(next)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformedText("is not UTF-8") }
        return text
    }
}
