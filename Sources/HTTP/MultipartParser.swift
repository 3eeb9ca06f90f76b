import HTTPTypes

/// Bounds of a multipart body. Too many parts are a 413, too much head in a part is a 431, too long a preamble 400.
public struct MultipartLimits: Sendable, Equatable {
    /// Parts of a body.
    public var parts = 1024
    /// Bytes of a part's head.
    public var headerSection = 8 * 1024
    /// Fields of a part's head.
    public var headerFields = 16
    /// Bytes before the first boundary, which mean nothing.
    public var preamble = 1024

    /// Bounds for forms of images.
    public init() {}
}

/// Takes a `multipart/form-data` body as it arrives (RFC 7578, RFC 2046, 5.1) and gives its parts piece by piece,
/// never holding more than a delimiter's length back.
///
/// ```
///  --boundary CR LF  fields CR LF CR LF  content  CR LF --boundary …  CR LF --boundary-- epilogue
///  ^ delimiter, whose leading line end the        ^ delimiter
///    start of the body stands for
/// ```
public struct MultipartParser: Sendable {
    /// What comes out of a parser, in the order begin, data…, end, begin, …
    public enum Event: Sendable, Equatable {
        /// A part's head.
        case partBegin(MultipartPart)
        /// The next bytes of the part's content. Never empty.
        case data([UInt8])
        /// The part is complete.
        case partEnd
    }

    private enum State: Sendable {
        case preamble, afterDelimiter
        case head(FieldScanner)
        case content, epilogue
        case failed(HTTPError)
    }

    private let delimiter: [UInt8]
    private let limits: MultipartLimits
    /// What no event has used up, behind a line end that stands before the first boundary.
    private var buffer: [UInt8] = [.carriageReturn, .lineFeed]
    private var start = 0
    private var state = State.preamble
    private var fields = HTTPFields()
    private var parts = 0
    private var preambleBytes = 0

    /// - Parameter contentType: Of the request; it must name a boundary.
    /// - Throws: 415 for another type, 400 for a boundary missing or malformed.
    public init(contentType: MediaType, limits: MultipartLimits = MultipartLimits()) throws(HTTPError) {
        guard contentType.essence == "multipart/form-data" else {
            throw HTTPError(.unsupportedMediaType, "Expected multipart/form-data.")
        }
        guard let boundary = contentType["boundary"], (1...70).contains(boundary.utf8.count),
            boundary.utf8.allSatisfy(ByteSet.boundary.contains), !boundary.hasSuffix(" ")
        else {
            throw HTTPError(.badRequest, "multipart/form-data needs a boundary of 1 to 70 characters.")
        }
        self.delimiter = Array("\r\n--".utf8) + boundary.utf8
        self.limits = limits
    }

    /// Adds what arrived of the body.
    public mutating func append(_ bytes: ArraySlice<UInt8>) {
        if case .epilogue = state { return }
        if start > 0 {
            buffer.removeSubrange(..<start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// Adds all of `bytes`.
    public mutating func append(_ bytes: [UInt8]) { append(bytes[...]) }

    /// The next event, or `nil` until more bytes have come. An error is final.
    public mutating func next() throws(HTTPError) -> Event? {
        do throws(HTTPError) {
            return try advance()
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// Says that the body has ended.
    /// - Throws: 400 when the last boundary has not come.
    public func finish() throws(HTTPError) {
        switch state {
        case .failed(let error): throw error
        case .epilogue: return
        default: throw HTTPError(.badRequest, "The multipart body ends before its last boundary.")
        }
    }

    private mutating func advance() throws(HTTPError) -> Event? {
        while true {
            switch state {
            case .failed(let error):
                throw error
            case .epilogue:
                return nil
            case .preamble:
                let (content, found) = scanContent()
                preambleBytes += content.count
                guard preambleBytes <= limits.preamble else {
                    throw HTTPError(.badRequest, "The multipart body does not begin with its boundary.")
                }
                if found {
                    state = .afterDelimiter
                } else if content.isEmpty {
                    return nil
                }
            case .afterDelimiter:
                guard try scanDelimiterEnd() else { return nil }
            case .head(var scanner):
                guard let fields = try scanHead(&scanner) else {
                    state = .head(scanner)
                    return nil
                }
                start += scanner.cursor
                state = .content
                return .partBegin(try MultipartPart(headerFields: fields))
            case .content:
                let (content, found) = scanContent()
                guard content.isEmpty else { return .data(Array(content)) }
                guard found else { return nil }
                state = .afterDelimiter
                return .partEnd
            }
        }
    }

    /// Takes bytes up to the next delimiter, over which it steps only when nothing stands before it.
    /// - Returns: The bytes, and whether the delimiter was taken. What may be the beginning of one stays.
    private mutating func scanContent() -> (content: ArraySlice<UInt8>, foundDelimiter: Bool) {
        let first = start
        var index = start
        while true {
            index = Self.nextReturn(in: buffer.span, from: index)
            let matched = Self.matchedPrefix(of: delimiter.span, in: buffer.span, at: index)
            if matched == delimiter.count {
                guard index == first else { break }
                start = index + matched
                return ([], true)
            }
            if index + matched == buffer.count { break }
            index += 1
        }
        start = index
        return (buffer[first..<index], false)
    }

    private static func nextReturn(in bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != .carriageReturn { index += 1 }
        return index
    }

    private static func matchedPrefix(of pattern: Span<UInt8>, in bytes: Span<UInt8>, at index: Int) -> Int {
        let end = min(pattern.count, bytes.count - index)
        var matched = 0
        while matched < end, bytes[index + matched] == pattern[matched] { matched += 1 }
        return matched
    }

    /// After a delimiter: `--` for the last one, or blanks and a line end before the next part's head.
    private mutating func scanDelimiterEnd() throws(HTTPError) -> Bool {
        let rest = buffer[start...]
        let blanks = rest.prefix { $0.isBlank }.count
        guard blanks <= 64 else { throw unexpected(.space) }
        let ending = rest.dropFirst(blanks).prefix(2)
        guard let first = ending.first else { return false }
        let isLast = first == UInt8(ascii: "-") && blanks == 0
        guard isLast || first == .carriageReturn else { throw unexpected(first) }
        guard ending.count == 2, let second = ending.last else { return false }
        guard second == (isLast ? first : .lineFeed) else { throw unexpected(second) }
        start += blanks + 2
        if isLast {
            state = .epilogue
        } else {
            parts += 1
            guard parts <= limits.parts else {
                throw HTTPError(.contentTooLarge, "There are more than \(limits.parts) parts.")
            }
            state = .head(
                FieldScanner(origin: 0, limit: limits.headerSection, maximumFields: limits.headerFields))
            fields = HTTPFields()
        }
        return true
    }

    private mutating func scanHead(_ scanner: inout FieldScanner) throws(HTTPError) -> HTTPFields? {
        while true {
            switch try scanner.next(in: buffer.span.extracting(start..<buffer.count)) {
            case .needsMore: return nil
            case .end: return fields
            case .field(let name, let value):
                let text = String(decoding: buffer[start + name.lowerBound..<start + name.upperBound], as: UTF8.self)
                guard let name = HTTPField.Name(text) else {
                    throw HTTPError(.badRequest, "A part's field name is not a token.")
                }
                let bytes = buffer[start + value.lowerBound..<start + value.upperBound]
                fields.append(HTTPField(name: name, lenientValue: bytes))
            }
        }
    }

    private func unexpected(_ byte: UInt8) -> HTTPError {
        HTTPError(.badRequest, "A multipart boundary cannot be followed by \(byte.shown).")
    }
}
