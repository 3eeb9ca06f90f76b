import CZlib

/// Reads zip archives from strangers: every number is checked against the bytes that are there, nothing is inflated
/// beyond what the entry declares and the caller allows, checksums count.
public struct ZipArchive: Sendable {
    /// Entries an archive may have.
    static let maximumEntries = 100_000

    /// A file in the archive.
    public struct Entry: Sendable, Equatable {
        /// As stored, folders included. A name is only compared, never taken for a path.
        public let name: String
        /// Uncompressed.
        public let size: Int
        let compressedSize: Int
        let isDeflated: Bool
        let checksum: UInt32
        let offset: Int
    }

    /// In the order of the directory.
    public let entries: [Entry]
    private let bytes: [UInt8]

    /// Reads the directory of a whole archive.
    public init(_ bytes: [UInt8]) throws(ArchiveError) {
        self.bytes = bytes
        entries = try ZipDirectory(bytes).entries()
    }

    /// The contents of an entry.
    /// - Parameter limit: how large it may be.
    public func contents(of entry: Entry, limit: Int) throws(ArchiveError) -> [UInt8] {
        if entry.size > limit {
            throw ArchiveError("'\(entry.name)' has \(entry.size) bytes, more than the limit of \(limit)")
        }
        let stored = try storedRange(of: entry)
        let contents = entry.isDeflated ? try inflated(stored, entry) : Array(bytes[stored])
        let checksum = contents.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
        guard contents.count == entry.size, UInt32(truncatingIfNeeded: checksum) == entry.checksum else {
            throw ArchiveError("the contents of '\(entry.name)' do not match their checksum or size")
        }
        return contents
    }

    /// The local header repeats name and extra field, whose lengths may differ from the directory's.
    private func storedRange(of entry: Entry) throws(ArchiveError) -> Range<Int> {
        let reader = LittleEndianReader(bytes)
        guard reader.number(at: entry.offset, 4) == 0x0403_4B50,
            let nameLength = reader.number(at: entry.offset + 26, 2),
            let extraLength = reader.number(at: entry.offset + 28, 2)
        else { throw ArchiveError("'\(entry.name)' is not where the directory says") }
        let start = entry.offset + 30 + nameLength + extraLength
        guard start <= bytes.count, entry.compressedSize <= bytes.count - start else {
            throw ArchiveError("'\(entry.name)' reaches past the end of the archive")
        }
        return start..<(start + entry.compressedSize)
    }

    private func inflated(_ range: Range<Int>, _ entry: Entry) throws(ArchiveError) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw ArchiveError("there is not enough memory to inflate '\(entry.name)'")
        }
        defer { inflateEnd(&stream) }
        var result = Z_OK
        // One byte more than declared shows a stream that goes on; zlib counts in 32 bits, so it is fed in parts.
        let output = [UInt8](unsafeUninitializedCapacity: entry.size + 1) { target, initialized in
            bytes[range].withUnsafeBufferPointer { source in
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
                initialized = produced
            }
        }
        guard result == Z_STREAM_END, output.count == entry.size else {
            throw ArchiveError("the compressed data of '\(entry.name)' are damaged or of another size than declared")
        }
        return output
    }
}
