/// Bytes that are read piece by piece, wherever they lie: in memory or in a mapped file.
enum ByteSource: Sendable {
    case memory([UInt8])
    case file(MappedFile)

    var count: Int {
        switch self {
        case .memory(let bytes): bytes.count
        case .file(let file): file.count
        }
    }

    /// Lends the bytes in `range`, which lies inside.
    func withBytes<Result, Failure: Error>(
        _ range: Range<Int>, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch self {
        case .memory(let bytes): try body(bytes.span.extracting(range))
        case .file(let file): try file.withBytes(range, body)
        }
    }

    /// The same, copied.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        withBytes(range) { [UInt8](copying: $0) }
    }

    /// Gives the pages of a file back to the system.
    func releasePages() {
        if case .file(let file) = self { file.adviseDontNeed() }
    }
}
