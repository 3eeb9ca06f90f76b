/// A file that is made while it is sent: pieces of at most ``pieceSize`` bytes, each made when it is asked for.
public struct ByteStream: Sendable, Sequence {
    /// The largest piece.
    public static let pieceSize = 1 << 18

    enum Part: Sendable {
        case bytes([UInt8])
        /// The elements of an array.
        case array(ArrayValue)
        /// Bytes that are known only when all before them has been sent, or that cost something.
        case made(@Sendable () -> [UInt8])
    }

    private let parts: [Part]

    init(_ parts: [Part]) { self.parts = parts }

    /// From the first piece on; each iterator makes its own.
    public func makeIterator() -> Iterator { Iterator(parts: parts[...]) }

    /// All of it at once.
    public var joined: [UInt8] { reduce(into: []) { $0 += $1 } }

    /// Makes one piece after the other.
    public struct Iterator: IteratorProtocol {
        fileprivate var parts: ArraySlice<Part>
        private var array: (value: ArrayValue, sent: Int)?

        fileprivate init(parts: ArraySlice<Part>) { self.parts = parts }

        /// The next piece, `nil` after the last.
        public mutating func next() -> [UInt8]? {
            if let (value, sent) = array {
                let end = Swift.min(sent + pieceSize, value.byteCount)
                array = end < value.byteCount ? (value, end) : nil
                return value.bytes(in: sent..<end)
            }
            while let part = parts.popFirst() {
                switch part {
                case .bytes(let bytes): if !bytes.isEmpty { return bytes }
                case .made(let make): return make()
                case .array(let value):
                    guard value.byteCount > 0 else { continue }
                    array = (value, 0)
                    return next()
                }
            }
            return nil
        }
    }
}
