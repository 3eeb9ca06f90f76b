import CZlib

/// Unpacks a gzip file (RFC 1952) in memory. Its own claim of a size is not asked: what comes out is bounded.
enum Gunzip {
    private static let bytesAtOnce = 1 << 20

    /// - Parameter limit: bytes that may come out.
    static func inflated(_ bytes: [UInt8], limit: Int, file: String) throws(CheckpointError) -> [UInt8] {
        var stream = z_stream()
        // 16 more than the largest window: with gzip's header and checksum.
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw CheckpointError(file, .damagedArchive(problem: "there is not enough memory to inflate it"))
        }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var consumed = 0
        while true {
            let (result, piece) = next(bytes[consumed...], &stream, &consumed)
            output += piece
            if output.count > limit { throw CheckpointError(file, .tooLong(bytes: output.count, limit: limit)) }
            if result == Z_STREAM_END { return output }
            guard result == Z_OK, !piece.isEmpty else {
                throw CheckpointError(file, .damagedArchive(problem: "the compressed data are damaged or cut off"))
            }
        }
    }

    /// Goes on until a piece is full, the stream ends or no more comes. The input is far below what zlib can count.
    private static func next(
        _ source: ArraySlice<UInt8>, _ stream: inout z_stream, _ consumed: inout Int
    ) -> (result: Int32, piece: [UInt8]) {
        var result = Z_OK
        var rest = 0
        let piece = [UInt8](unsafeUninitializedCapacity: bytesAtOnce) { target, initialized in
            source.withUnsafeBufferPointer { source in
                // zlib only reads its input, whatever the type of the pointer says.
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(bytesAtOnce)
                result = inflate(&stream, Z_NO_FLUSH)
            }
            rest = Int(stream.avail_in)
            initialized = bytesAtOnce - Int(stream.avail_out)
        }
        consumed += source.count - rest
        return (result, piece)
    }
}
