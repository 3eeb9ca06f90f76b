import HTTP
import HTTPTypes

/// Gzips answers for clients that ask for it: text of more than a kibibyte, at hand or streamed.
struct Compression: Sendable {
    let above: Int

    /// Larger bodies are compressed while they are sent, so that no thread is held for long.
    private static let atOnce = 64 << 10

    func apply(to response: Response, for request: HTTPRequest) -> Response {
        let fields = response.head.headerFields
        guard Self.isCompressible(fields[.contentType]), fields[.contentEncoding] == nil, fields[.contentRange] == nil,
            response.head.status != .notModified
        else { return response }
        var coded = response
        coded.head.headerFields[.vary] = [fields[.vary], "Accept-Encoding"].compactMap { $0 }.joined(separator: ", ")
        guard ContentNegotiation.prefersGzip(acceptEncoding: request.headerFields[.acceptEncoding]) else {
            return coded
        }
        switch response.body {
        case .bytes(let bytes) where bytes.count <= above: return coded
        case .bytes(let bytes) where bytes.count <= Self.atOnce:
            coded.body = .bytes(GzipEncoder.encode(bytes, level: Self.level))
        case .bytes(let bytes):
            coded.body = .stream(contentLength: nil) { writer in
                let gzip = GzipWriter(writer)
                for start in stride(from: 0, to: bytes.count, by: Self.atOnce) {
                    try await gzip.write(Array(bytes[start..<min(start + Self.atOnce, bytes.count)]))
                }
                try await gzip.finish()
            }
        case .stream(let length, _) where length ?? .max <= above: return coded
        case .stream(_, let produce):
            coded.body = .stream(contentLength: nil) { writer in
                let gzip = GzipWriter(writer)
                try await produce(gzip)
                try await gzip.finish()
            }
        }
        coded.head.headerFields[.contentEncoding] = "gzip"
        // The same entity in other bytes: no longer equal byte for byte.
        if let tag = fields[.eTag].flatMap({ ETag(parsing: $0) }) {
            coded.head.headerFields[.eTag] = ETag(tag.opaque, isWeak: true).description
        }
        return coded
    }

    /// Text and its kin. Tensors and pictures hardly shrink.
    static func isCompressible(_ contentType: String?) -> Bool {
        guard let type = contentType.flatMap({ MediaType(parsing: $0) }) else { return false }
        return type.type == "text" || type.subtype.hasSuffix("json") || type.subtype.hasSuffix("+xml")
            || ["javascript", "wasm", "x-ndjson", "xml", "yaml"].contains(type.subtype)
    }

    /// A little above the fastest: text of numbers gains little from more.
    static let level = 4
}
