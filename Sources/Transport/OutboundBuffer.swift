/// What is to be sent and has not been taken by the kernel: pieces in order, the first perhaps in part.
///
///     pieces  [ done | done | sent··left | next | last ]
///                             ^ first, offset
struct OutboundBuffer: Sendable {
    /// Pieces up to this size are put together; larger ones are never copied.
    static let smallPiece = 16 * 1024

    /// Bytes left.
    private(set) var count = 0
    private var pieces: [[UInt8]] = []
    private var first = 0
    private var offset = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        count += bytes.count
        if let last = pieces.last, pieces.count > first, last.count + bytes.count <= Self.smallPiece {
            pieces[pieces.count - 1] += bytes
        } else {
            pieces.append(bytes)
        }
    }

    /// Shows the first unsent bytes, and whether there are others behind them.
    func withFirst<Result>(_ body: (UnsafeRawBufferPointer, _ more: Bool) -> Result) -> Result? {
        guard count > 0 else { return nil }
        return pieces[first].withUnsafeBytes { bytes in
            body(UnsafeRawBufferPointer(rebasing: bytes[offset...]), first + 1 < pieces.count)
        }
    }

    /// Drops `sent` bytes of those last shown.
    mutating func consume(_ sent: Int) {
        count -= sent
        offset += sent
        guard offset == pieces[first].count else { return }
        offset = 0
        if count == 0 {
            pieces.removeAll(keepingCapacity: true)
            first = 0
        } else {
            // Memory goes back piece by piece; the places go when all is sent, or when there are many.
            pieces[first] = []
            first += 1
            if first >= 64 {
                pieces.removeFirst(first)
                first = 0
            }
        }
    }

    mutating func removeAll() { self = OutboundBuffer() }
}
