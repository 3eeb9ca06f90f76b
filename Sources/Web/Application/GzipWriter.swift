import HTTP

/// Compresses the pieces of a stream; each goes out when it comes in, so that lines arrive as they are made.
actor GzipWriter: ResponseWriter {
    private let writer: any ResponseWriter
    private let encoder = GzipEncoder(level: Compression.level)

    init(_ writer: any ResponseWriter) { self.writer = writer }

    func write(_ bytes: [UInt8]) async throws {
        let coded = encoder.encode(bytes, flush: .sync)
        if !coded.isEmpty { try await writer.write(coded) }
    }

    func finish() async throws { try await writer.write(encoder.encode([], flush: .finish)) }
}
