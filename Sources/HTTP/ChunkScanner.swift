import HTTPTypes

/// Scans chunked coding (RFC 9112, 7.1) up to the line of the last chunk; trailers are the parser's next section.
///
///     1a;name=value CR LF  <26 bytes> CR LF   0 CR LF
///     ^ size and extensions, dropped          ^ `.lastChunk` is reported behind this line
struct ChunkScanner: Sendable {
    enum Step: Sendable {
        case needsMore
        /// Up to so many of the bytes at the cursor are content; the caller says how many it took.
        case data(Int)
        case lastChunk
    }

    private enum Place: Sendable {
        case sizeStart, size, afterSize
        case extensionStart, extensionName, extensionEquals, extensionValue, extensionQuoted, extensionEscape
        case sizeLineFeed, data, dataReturn, dataLineFeed
    }

    private let limits: HTTPLimits
    private var place = Place.sizeStart
    private var size = 0
    private var digits = 0
    private var extensionBytes = 0
    private var allExtensionBytes = 0
    private var total = 0

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    /// Goes on at `cursor`, moving it over what is not content.
    mutating func next(in bytes: Span<UInt8>, cursor: inout Int) throws(HTTPError) -> Step {
        while cursor < bytes.count {
            if place == .data { return .data(size) }
            let byte = bytes[cursor]
            cursor += 1
            switch place {
            case .sizeStart, .size:
                try takeSize(byte)
            case .sizeLineFeed:
                guard byte == .lineFeed else { throw unexpected(byte, in: "chunk's size line") }
                try endSizeLine()
                if size == 0 { return .lastChunk }
            case .dataReturn:
                guard byte == .carriageReturn else { throw unexpected(byte, in: "chunk beyond its size") }
                place = .dataLineFeed
            case .dataLineFeed:
                guard byte == .lineFeed else { throw unexpected(byte, in: "chunk beyond its size") }
                place = .sizeStart
            case .data: break
            default: try takeExtension(byte)
            }
        }
        return .needsMore
    }

    /// Notes that `count` bytes of content were taken.
    mutating func took(_ count: Int) {
        size -= count
        if size == 0 { place = .dataReturn }
    }

    private mutating func takeSize(_ byte: UInt8) throws(HTTPError) {
        if let digit = byte.hexValue {
            digits += 1
            guard digits <= 16 else { throw HTTPError(.badRequest, "A chunk size has more than 16 digits.") }
            // Beyond the limit the exact size no longer counts; so it cannot overflow either.
            size = min(size * 16 + digit, limits.body + 1)
            place = .size
        } else if place == .size {
            try endSize(with: byte)
        } else {
            throw unexpected(byte, in: "chunk size")
        }
    }

    private mutating func endSize(with byte: UInt8) throws(HTTPError) {
        switch byte {
        case .carriageReturn: place = .sizeLineFeed
        case UInt8(ascii: ";"): place = .extensionStart
        case _ where byte.isBlank: place = .afterSize
        default: throw unexpected(byte, in: "chunk size")
        }
    }

    private mutating func endSizeLine() throws(HTTPError) {
        guard size <= limits.body - total else { throw .bodyTooLarge(limit: limits.body) }
        total += size
        digits = 0
        extensionBytes = 0
        place = .data
    }

    /// `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`, checked and dropped.
    private mutating func takeExtension(_ byte: UInt8) throws(HTTPError) {
        extensionBytes += 1
        allExtensionBytes += 1
        guard extensionBytes <= limits.chunkExtension, allExtensionBytes <= limits.chunkExtensions else {
            throw HTTPError(.badRequest, "The extensions of the chunks are too long.")
        }
        let isToken = ByteSet.token.contains(byte)
        switch (place, byte) {
        case (.afterSize, _) where byte.isBlank: break
        case (.afterSize, UInt8(ascii: ";")): place = .extensionStart
        case (.extensionStart, _) where byte.isBlank: break
        case (.extensionStart, _) where isToken: place = .extensionName
        case (.extensionName, _) where isToken: break
        case (.extensionName, UInt8(ascii: "=")): place = .extensionEquals
        case (.extensionEquals, _) where isToken: place = .extensionValue
        case (.extensionEquals, UInt8(ascii: "\"")): place = .extensionQuoted
        case (.extensionValue, _) where isToken: break
        case (.extensionName, UInt8(ascii: ";")), (.extensionValue, UInt8(ascii: ";")): place = .extensionStart
        case (.extensionName, .carriageReturn), (.extensionValue, .carriageReturn): place = .sizeLineFeed
        case (.extensionQuoted, UInt8(ascii: "\"")): place = .extensionValue
        case (.extensionQuoted, UInt8(ascii: "\\")): place = .extensionEscape
        case (.extensionQuoted, _) where byte.isFieldValue: break
        case (.extensionEscape, _) where byte.isFieldValue: place = .extensionQuoted
        default: throw unexpected(byte, in: "chunk extension")
        }
    }

    private func unexpected(_ byte: UInt8, in part: String) -> HTTPError {
        HTTPError(.badRequest, "A \(part) cannot hold \(byte.shown).")
    }
}
