import HTTP
import HTTPTypes

/// Answers a request for a part of a whole that may be had in parts: one whose answer says `Accept-Ranges: bytes`.
enum RangeSelection {
    /// 206, 416, or the answer as it is.
    /// - Throws: A 416 with the length.
    static func apply(to response: Response, for head: HTTPRequest) throws(Problem) -> Response {
        let fields = response.head.headerFields
        guard head.method == .get, response.head.status == .ok, fields[.acceptRanges] == "bytes",
            let wanted = head.headerFields[.range], isSame(fields[.eTag], head.headerFields[.ifRange]),
            let size = response.body.length
        else { return response }
        switch ByteRange(parsing: wanted, size: size) {
        case .whole: return response
        case .part(let range):
            var part = response
            part.head.status = .partialContent
            part.head.headerFields[.contentRange] = ByteRange.part(range).contentRange(size: size)
            part.body = response.body.part(range)
            return part
        case .unsatisfiable:
            throw Problem(
                .rangeNotSatisfiable, "The answer has \(size) bytes; nothing of the range exists.",
                headerFields: [.contentRange: "bytes */\(size)"])
        }
    }

    /// Whether the version that a client has begun with is the one there is.
    private static func isSame(_ tag: String?, _ condition: String?) -> Bool {
        guard let condition else { return true }
        return tag.flatMap { ETag(parsing: $0) }?.holds(forIfRange: condition) ?? false
    }
}

extension ResponseBody {
    /// `nil` where it is known only when all has been produced.
    fileprivate var length: Int? {
        switch self {
        case .bytes(let bytes): bytes.count
        case .stream(let length, _): length
        }
    }

    /// - Precondition: the range lies within the length.
    fileprivate func part(_ range: Range<Int>) -> ResponseBody {
        switch self {
        case .bytes(let bytes): return .bytes(Array(bytes[range]))
        case .stream(_, let produce):
            return .stream(contentLength: range.count) { writer in
                do {
                    try await produce(PartWriter(range, writer))
                } catch is PartWriter.Finished {
                    return  // what follows the part need not be made
                }
            }
        }
    }
}

/// Lets a part of a stream through.
private actor PartWriter: ResponseWriter {
    /// All of the part has been written.
    struct Finished: Error {}

    private let range: Range<Int>
    private let writer: any ResponseWriter
    private var position = 0

    init(_ range: Range<Int>, _ writer: any ResponseWriter) {
        self.range = range
        self.writer = writer
    }

    func write(_ bytes: [UInt8]) async throws {
        let common = range.clamped(to: position..<(position + bytes.count))
        let start = position
        position += bytes.count
        if !common.isEmpty {
            try await writer.write(Array(bytes[(common.lowerBound - start)..<(common.upperBound - start)]))
        }
        if position >= range.upperBound { throw Finished() }
    }
}
