import HTTPTypes

extension RequestBody {
    /// This body with its gzip coding undone while it is read.
    /// - Parameter limit: Decoded bytes at most; the read that would pass it throws a 413, one of broken data a 400.
    public func decodingGzip(limit: Int) -> RequestBody {
        let source = DecodedSource(body: self, limit: limit)
        return RequestBody(contentLength: nil) { try await source.next() }
    }

    /// All of the body in one array.
    /// - Throws: 413 as soon as more than `limit` bytes have come, or are declared; whatever reading throws.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        guard contentLength ?? 0 <= limit else { throw HTTPError.bodyTooLarge(limit: limit) }
        var bytes: [UInt8] = []
        for try await piece in self {
            guard piece.count <= limit - bytes.count else { throw HTTPError.bodyTooLarge(limit: limit) }
            // The usual small body is one piece: taken over, not copied.
            if bytes.isEmpty { bytes = piece } else { bytes += piece }
            // A declared length is only a claim; it saves copies up to a size that costs nothing to believe.
            if let contentLength, contentLength > bytes.count {
                bytes.reserveCapacity(Swift.min(contentLength, 4 * 1024 * 1024))
            }
        }
        return bytes
    }
}

/// The decoder beside the body it reads from; an actor, so that the one reader may change its thread.
private actor DecodedSource {
    private let body: RequestBody
    private let decoder: GzipDecoder

    init(body: RequestBody, limit: Int) {
        self.body = body
        self.decoder = GzipDecoder(limit: limit)
    }

    func next() async throws -> [UInt8]? {
        while true {
            if let piece = try decoder.next() { return piece }
            guard let piece = try await body.makeAsyncIterator().next() else {
                try decoder.finish()
                return nil
            }
            decoder.append(piece)
        }
    }
}
