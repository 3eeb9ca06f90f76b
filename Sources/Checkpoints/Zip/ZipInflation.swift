import CZlib

/// Inflating an entry of an archive (RFC 1951, without header and checksum).
enum ZipInflation {
    /// What deflate can make of a byte at most (https://zlib.net/zlib_tech.html).
    static let maximumRatio = 1032

    /// The contents of an entry whose compressed bytes lie in `range`; not yet held against their checksum.
    static func inflated(
        _ bytes: ByteSource, _ range: Range<Int>, _ entry: ZipArchive.Entry
    ) throws(ArchiveError) -> [UInt8] {
        guard entry.size <= range.count * maximumRatio + 64 else {
            throw ArchiveError(
                "\(entry.name.shown) cannot have \(entry.size) bytes: \(range.count) compressed ones hold fewer")
        }
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw ArchiveError("there is not enough memory to inflate \(entry.name.shown)")
        }
        defer { inflateEnd(&stream) }
        var result = Z_OK
        // One byte more than declared shows a stream that goes on.
        let output = [UInt8](unsafeUninitializedCapacity: entry.size + 1) { target, initialized in
            (result, initialized) = bytes.withBytes(range) { span in
                span.withUnsafeBufferPointer { inflateAll($0, into: target, &stream) }
            }
        }
        guard result == Z_STREAM_END, output.count == entry.size else {
            throw ArchiveError(
                "the compressed data of \(entry.name.shown) are damaged or of another size than declared")
        }
        return output
    }

    /// Goes on until `target` is full, the stream ends or no more comes. zlib counts in 32 bits, so it is fed in parts.
    private static func inflateAll(
        _ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>, _ stream: inout z_stream
    ) -> (result: Int32, produced: Int) {
        var result = Z_OK
        var (consumed, produced) = (0, 0)
        while result == Z_OK, produced < target.count {
            let input = min(source.count - consumed, 1 << 30)
            let room = min(target.count - produced, 1 << 30)
            // zlib only reads its input, whatever the type of the pointer says.
            stream.next_in = UnsafeMutablePointer(mutating: source.extracting(consumed...).baseAddress)
            stream.avail_in = UInt32(input)
            stream.next_out = target.extracting(produced...).baseAddress
            stream.avail_out = UInt32(room)
            result = inflate(&stream, Z_NO_FLUSH)
            consumed += input - Int(stream.avail_in)
            produced += room - Int(stream.avail_out)
            if input == Int(stream.avail_in) && room == Int(stream.avail_out) { break }
        }
        return (result, produced)
    }
}
