import HTTPTypes

/// Scans field lines up to the empty line that closes them (RFC 9112, 5): a header section, a trailer section,
/// or the head of a multipart part. Refuses the first byte that cannot be: blanks before the colon, folded
/// lines, a bare CR or LF, control characters.
///
///     Accept: text/html CR LF
///     ^     ^           ^
///     |     nameEnd     valueEnd        positions count from the first byte of what is scanned
///     lineStart
struct FieldScanner: Sendable {
    enum Step: Sendable {
        case needsMore
        /// One line, its value without the blanks around it.
        case field(name: Range<Int>, value: Range<Int>)
        /// The empty line; `cursor` is behind it.
        case end
    }

    private enum Place: Sendable {
        case lineStart, name, value, lineFeed, lastLineFeed
    }

    private(set) var cursor: Int

    private let origin: Int
    private let limit: Int
    private let maximumFields: Int
    private var place = Place.lineStart
    private var lineStart = 0
    private var nameEnd = 0
    private var count = 0

    /// - Parameters:
    ///   - origin: Where the section begins.
    ///   - limit: Bytes of the section at most, its empty line included.
    ///   - maximumFields: Lines at most.
    init(origin: Int, limit: Int, maximumFields: Int) {
        self.origin = origin
        self.cursor = origin
        self.limit = limit
        self.maximumFields = maximumFields
    }

    /// Goes on until the next line is complete, the section ends or the bytes do.
    mutating func next(in bytes: Span<UInt8>) throws(HTTPError) -> Step {
        // Not one byte beyond the limit is looked at, so that the outcome does not hang on how bytes arrive.
        let end = min(bytes.count, origin + limit)
        while cursor < end {
            let byte = bytes[cursor]
            switch place {
            case .lineStart:
                try beginLine(with: byte)
            case .name:
                while cursor < end, ByteSet.token.contains(bytes[cursor]) { cursor += 1 }
                if cursor < end { try endName(with: bytes[cursor]) }
            case .value:
                while cursor < end, bytes[cursor].isFieldValue { cursor += 1 }
                if cursor < end { try endValue(with: bytes[cursor]) }
            case .lineFeed:
                try expectLineFeed(byte)
                place = .lineStart
                return try takeLine(bytes)
            case .lastLineFeed:
                try expectLineFeed(byte)
                return .end
            }
        }
        guard bytes.count <= end else {
            throw HTTPError(.requestHeaderFieldsTooLarge, "The fields are longer than \(limit) bytes.")
        }
        return .needsMore
    }

    private mutating func beginLine(with byte: UInt8) throws(HTTPError) {
        if ByteSet.token.contains(byte) {
            lineStart = cursor
            place = .name
        } else if byte == .carriageReturn {
            cursor += 1
            place = .lastLineFeed
        } else if byte.isBlank {
            throw HTTPError(.badRequest, "A field line cannot begin with a blank; folded lines are obsolete.")
        } else {
            throw HTTPError(.badRequest, "A field line cannot begin with \(byte.shown); expected a field name.")
        }
    }

    private mutating func endName(with byte: UInt8) throws(HTTPError) {
        guard byte == UInt8(ascii: ":") else {
            throw HTTPError(.badRequest, "A field name cannot hold \(byte.shown); expected a colon after it.")
        }
        nameEnd = cursor
        cursor += 1
        place = .value
    }

    private mutating func endValue(with byte: UInt8) throws(HTTPError) {
        guard byte == .carriageReturn else {
            throw HTTPError(.badRequest, "A field value cannot hold \(byte.shown); expected CR LF after it.")
        }
        cursor += 1
        place = .lineFeed
    }

    private mutating func expectLineFeed(_ byte: UInt8) throws(HTTPError) {
        guard byte == .lineFeed else {
            throw HTTPError(.badRequest, "A carriage return must be followed by a line feed, not by \(byte.shown).")
        }
        cursor += 1
    }

    private mutating func takeLine(_ bytes: Span<UInt8>) throws(HTTPError) -> Step {
        count += 1
        guard count <= maximumFields else {
            throw HTTPError(.requestHeaderFieldsTooLarge, "There are more than \(maximumFields) fields.")
        }
        var first = nameEnd + 1
        var end = cursor - 2
        while first < end, bytes[first].isBlank { first += 1 }
        while end > first, bytes[end - 1].isBlank { end -= 1 }
        return .field(name: lineStart..<nameEnd, value: first..<end)
    }
}
