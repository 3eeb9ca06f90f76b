import HTTPTypes

/// Scans a request line (RFC 9112, 3), byte by byte across any cuts, and refuses the first byte that cannot be.
///
///     GET /v1/models HTTP/1.1 CR LF
///     ^  ^^         ^^        ^
///     |  |targetStart         version, ten bytes with the line end
///     |  methodEnd
///     methodStart, after at most one empty line
///
/// Positions count from the first byte of the message.
struct RequestLineScanner: Sendable {
    private enum Place: Sendable {
        case start, emptyLine, method, target, version
    }

    private(set) var cursor = 0
    private(set) var method = 0..<0
    private(set) var target = 0..<0
    private(set) var version = RequestHead.Version.http11

    private let limits: HTTPLimits
    private var place = Place.start
    private var start = 0

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    /// Whether any byte of a request has come; one empty line before it is not yet a request.
    var hasBegun: Bool { place != .start && place != .emptyLine }

    /// Goes on with `bytes`, the message from its first byte.
    /// - Returns: Whether the line is complete; `cursor` is then behind it.
    mutating func scan(_ bytes: Span<UInt8>) throws(HTTPError) -> Bool {
        while cursor < bytes.count {
            let byte = bytes[cursor]
            switch place {
            case .start:
                try begin(with: byte)
            case .emptyLine:
                guard byte == .lineFeed else { throw bareCarriageReturn(byte) }
                cursor += 1
                start = cursor
                place = .start
            case .method:
                try scanMethod(bytes)
            case .target:
                try scanTarget(bytes)
            case .version:
                try checkVersion(byte, at: cursor - start)
                cursor += 1
                if cursor - start == 10 { return true }
            }
        }
        return false
    }

    private mutating func begin(with byte: UInt8) throws(HTTPError) {
        if ByteSet.token.contains(byte) {
            start = cursor
            place = .method
        } else if byte == .carriageReturn && cursor == 0 {
            // RFC 9112, 2.2: one empty line left over from a previous body is forgiven.
            place = .emptyLine
            cursor += 1
        } else if byte == 0x16 {
            throw HTTPError(.badRequest, "This is a TLS handshake; the port speaks plain HTTP.")
        } else {
            throw HTTPError(.badRequest, "A request cannot begin with \(byte.shown); expected a method.")
        }
    }

    private mutating func scanMethod(_ bytes: Span<UInt8>) throws(HTTPError) {
        let end = min(bytes.count, start + limits.method)
        while cursor < end, ByteSet.token.contains(bytes[cursor]) { cursor += 1 }
        guard cursor < bytes.count else { return }
        guard bytes[cursor] == .space else {
            if ByteSet.token.contains(bytes[cursor]) {
                throw HTTPError(.notImplemented, "The method is longer than \(limits.method) bytes.")
            }
            throw HTTPError(.badRequest, "A method cannot hold \(bytes[cursor].shown); expected a space after it.")
        }
        method = start..<cursor
        cursor += 1
        start = cursor
        place = .target
    }

    private mutating func scanTarget(_ bytes: Span<UInt8>) throws(HTTPError) {
        if cursor == start { try checkTargetStart(bytes[cursor]) }
        let end = min(bytes.count, start + limits.target)
        while cursor < end, ByteSet.target.contains(bytes[cursor]) { cursor += 1 }
        guard cursor < bytes.count else { return }
        guard bytes[cursor] == .space else {
            if cursor == start + limits.target {
                throw HTTPError(.uriTooLong, "The request target is longer than \(limits.target) bytes.")
            }
            throw HTTPError(
                .badRequest, "A request target cannot hold \(bytes[cursor].shown); it must be percent-encoded.")
        }
        target = start..<cursor
        cursor += 1
        start = cursor
        place = .version
    }

    private func checkTargetStart(_ byte: UInt8) throws(HTTPError) {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "*"), UInt8(ascii: "h"), UInt8(ascii: "H"): return
        // The authority form of CONNECT begins with anything; the method is judged when the head is complete.
        case _ where ByteSet.target.contains(byte) && method.count == 7: return
        default:
            throw HTTPError(.badRequest, "A request target cannot begin with \(byte.shown); expected '/'.")
        }
    }

    /// `HTTP/1.x` and the line end, at `place` 0 to 9.
    private mutating func checkVersion(_ byte: UInt8, at place: Int) throws(HTTPError) {
        let isRight: Bool
        switch place {
        case 0: isRight = byte == UInt8(ascii: "H")
        case 1, 2: isRight = byte == UInt8(ascii: "T")
        case 3: isRight = byte == UInt8(ascii: "P")
        case 4: isRight = byte == UInt8(ascii: "/")
        case 5:
            guard byte == UInt8(ascii: "1") || !byte.isDigit else {
                throw HTTPError(.httpVersionNotSupported, "Only HTTP/1.1 and HTTP/1.0 are spoken here.")
            }
            isRight = byte.isDigit
        case 6: isRight = byte == UInt8(ascii: ".")
        case 7:
            isRight = byte.isDigit
            version = byte == UInt8(ascii: "0") ? .http10 : .http11
        case 8: isRight = byte == .carriageReturn
        default: isRight = byte == .lineFeed
        }
        guard isRight else {
            throw HTTPError(.badRequest, "The request line cannot go on with \(byte.shown); expected HTTP/1.1 CR LF.")
        }
    }

    private func bareCarriageReturn(_ byte: UInt8) -> HTTPError {
        HTTPError(.badRequest, "A carriage return must be followed by a line feed, not by \(byte.shown).")
    }
}
