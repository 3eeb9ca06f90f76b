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

    /// In the order of the directory. Names are unique.
    public let entries: [Entry]
    private let source: ByteSource

    /// Reads the directory of a whole archive.
    public init(_ bytes: [UInt8]) throws(ArchiveError) { try self.init(.memory(bytes)) }

    init(_ source: ByteSource) throws(ArchiveError) {
        self.source = source
        entries = try ZipDirectory(source).entries()
    }

    /// The contents of an entry.
    /// - Parameter limit: how large it may be.
    public func contents(of entry: Entry, limit: Int) throws(ArchiveError) -> [UInt8] {
        if entry.size > limit {
            throw ArchiveError("\(entry.name.shown) has \(entry.size) bytes, more than the limit of \(limit)")
        }
        let stored = try storedRange(of: entry)
        let contents = entry.isDeflated ? try ZipInflation.inflated(source, stored, entry) : source.bytes(stored)
        guard contents.count == entry.size, ZipArchive.checksum(contents.span) == entry.checksum else {
            throw ArchiveError("the contents of \(entry.name.shown) do not match their checksum or size")
        }
        return contents
    }

    /// Where an entry's bytes lie in the archive, as they are stored. Their checksum is not looked at.
    ///
    /// The local header repeats name, method and extra field; the extra field's length may differ from the directory's,
    /// name and method must not: two readers would take them for two different files.
    func storedRange(of entry: Entry) throws(ArchiveError) -> Range<Int> {
        let reader = LittleEndianReader(source)
        guard reader.number(at: entry.offset, 4) == 0x0403_4B50,
            let method = reader.number(at: entry.offset + 8, 2),
            let nameLength = reader.number(at: entry.offset + 26, 2),
            let extraLength = reader.number(at: entry.offset + 28, 2)
        else { throw ArchiveError("\(entry.name.shown) is not where the directory says") }
        let nameStart = entry.offset + 30
        let start = nameStart + nameLength + extraLength
        guard start <= source.count, entry.compressedSize <= source.count - start else {
            throw ArchiveError("\(entry.name.shown) reaches past the end of the archive")
        }
        guard method == (entry.isDeflated ? 8 : 0),
            source.bytes(nameStart..<(nameStart + nameLength)) == entry.nameBytes
        else {
            throw ArchiveError("\(entry.name.shown) has another name or method where it lies than in the directory")
        }
        return start..<(start + entry.compressedSize)
    }

    /// CRC-32.
    static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        UInt32(truncatingIfNeeded: bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) })
    }
}

extension ZipArchive.Entry {
    fileprivate var nameBytes: [UInt8] { Array(name.utf8) }
}
