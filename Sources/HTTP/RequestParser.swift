import HTTPTypes

/// Takes a connection's bytes as they arrive and gives its requests in order: a head, pieces of body, an end.
///
/// A pure state machine. Bytes go in with ``append(_:)``; events come out of ``next()`` when the owner asks, which
/// is how it holds a client back: what is not asked for stays here as bytes, and `bufferedBytes` says how many.
///
/// ```
///  buffer  |  taken  | line, fields, body or trailers being scanned  |
///          0         start                                           count
/// ```
/// Strict by RFC 9110 and 9112: the first byte that cannot belong to a request is an error at once, without
/// waiting for a line end that may never come. An error is final.
public struct RequestParser: Sendable {
    /// What comes out of a parser, in the order head, body…, end, head, …
    public enum Event: Sendable, Equatable {
        /// A request begins.
        case head(RequestHead)
        /// The next bytes of content, without transfer coding. Never empty.
        case body([UInt8])
        /// The request is complete.
        case end
    }

    private enum State: Sendable {
        case line(RequestLineScanner)
        case fields(RequestLineScanner, FieldScanner, HeadFields)
        case length(Int)
        case chunks(ChunkScanner)
        case trailers(FieldScanner)
        case end
        case failed(HTTPError)
    }

    private let limits: HTTPLimits
    private var buffer: [UInt8] = []
    private var start = 0
    private var state: State

    /// A parser for the first request of a connection.
    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
        self.state = .line(RequestLineScanner(limits: limits))
    }

    /// Bytes that have come and that no event has used up.
    public var bufferedBytes: Int { buffer.count - start }

    /// Whether the last request is over and nothing of the next has come.
    public var isBetweenRequests: Bool {
        if case .line(let line) = state { return !line.hasBegun && bufferedBytes <= 2 }
        return false
    }

    /// Adds what came off the wire.
    public mutating func append(_ bytes: ArraySlice<UInt8>) {
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            start = 0
        } else if start > 4096 {
            buffer.removeSubrange(..<start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// Adds all of `bytes`.
    public mutating func append(_ bytes: [UInt8]) { append(bytes[...]) }

    /// The next event, or `nil` until more bytes have come.
    /// - Throws: What the client did wrong. After it the connection is of no more use.
    public mutating func next() throws(HTTPError) -> Event? {
        do throws(HTTPError) {
            return try advance()
        } catch {
            state = .failed(error)
            throw error
        }
    }

    private mutating func advance() throws(HTTPError) -> Event? {
        while true {
            switch state {
            case .failed(let error):
                throw error
            case .line(var line):
                let isComplete = try line.scan(buffer.span.extracting(start..<buffer.count))
                guard isComplete else {
                    state = .line(line)
                    return nil
                }
                let fields = FieldScanner(
                    origin: line.cursor, limit: limits.headerSection, maximumFields: limits.headerFields)
                state = .fields(line, fields, HeadFields(limits: limits))
            case .fields(let line, var scanner, var fields):
                // Moved out while it grows: otherwise each line would copy the fields before it.
                state = .end
                guard try scan(&scanner, into: &fields) else {
                    state = .fields(line, scanner, fields)
                    return nil
                }
                return try .head(takeHead(line, fields, length: scanner.cursor))
            case .length(let remaining):
                guard bufferedBytes > 0 else { return nil }
                let piece = take(min(remaining, bufferedBytes))
                state = remaining == piece.count ? .end : .length(remaining - piece.count)
                return .body(piece)
            case .chunks(var chunks):
                if let piece = try nextPiece(&chunks) { return .body(piece) }
                if case .chunks = state { return nil }
            case .trailers(var scanner):
                guard try skip(&scanner) else {
                    state = .trailers(scanner)
                    return nil
                }
                start += scanner.cursor
                state = .end
            case .end:
                state = .line(RequestLineScanner(limits: limits))
                return .end
            }
        }
    }

    /// Scans header lines into `fields`; false when the bytes end first.
    private func scan(_ scanner: inout FieldScanner, into fields: inout HeadFields) throws(HTTPError) -> Bool {
        while true {
            switch try scanner.next(in: buffer.span.extracting(start..<buffer.count)) {
            case .needsMore: return false
            case .end: return true
            case .field(let name, let value):
                try fields.add(name: text(name), value: buffer[start + value.lowerBound..<start + value.upperBound])
            }
        }
    }

    /// Scans trailer lines and drops them: nobody asked for any, and merged into the head they could change it.
    private func skip(_ scanner: inout FieldScanner) throws(HTTPError) -> Bool {
        while true {
            switch try scanner.next(in: buffer.span.extracting(start..<buffer.count)) {
            case .needsMore: return false
            case .end: return true
            case .field: continue
            }
        }
    }

    private mutating func nextPiece(_ chunks: inout ChunkScanner) throws(HTTPError) -> [UInt8]? {
        var cursor = start
        let step = try chunks.next(in: buffer.span, cursor: &cursor)
        start = cursor
        switch step {
        case .needsMore:
            state = .chunks(chunks)
            return nil
        case .data(let size):
            let piece = take(min(size, bufferedBytes))
            chunks.took(piece.count)
            state = .chunks(chunks)
            return piece
        case .lastChunk:
            state = .trailers(
                FieldScanner(origin: 0, limit: limits.trailerSection, maximumFields: limits.trailerFields))
            return nil
        }
    }

    private mutating func takeHead(
        _ line: RequestLineScanner, _ fields: HeadFields, length: Int
    ) throws(HTTPError) -> RequestHead {
        let head = try RequestHead(method: text(line.method), target: text(line.target), line.version, fields)
        start += length
        switch head.framing {
        case .none: state = .end
        case .length(let length): state = .length(length)
        case .chunked: state = .chunks(ChunkScanner(limits: limits))
        }
        return head
    }

    private mutating func take(_ count: Int) -> [UInt8] {
        let piece = Array(buffer[start..<start + count])
        start += count
        return piece
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: buffer[start + range.lowerBound..<start + range.upperBound], as: UTF8.self)
    }
}
