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
        let (bytes, range) = try lent(entry, limit: limit)
        if case .memory(let all) = bytes, range.count == all.count { return all }
        return bytes.bytes(range)
    }

    /// The contents of an entry, held against its checksum: where they lie in the archive, or inflated.
    /// - Parameter zeroIsNone: whether a checksum of zero says that none was computed.
    func lent(
        _ entry: Entry, limit: Int, zeroIsNone: Bool = false
    ) throws(ArchiveError) -> (ByteSource, Range<Int>) {
        if entry.size > limit {
            throw ArchiveError("\(entry.name.shown) has \(entry.size) bytes, more than the limit of \(limit)")
        }
        let stored = try storedRange(of: entry)
        var (bytes, range) = (source, stored)
        if entry.isDeflated {
            let inflated = try ZipInflation.inflated(source, stored, entry)
            (bytes, range) = (.memory(inflated), 0..<inflated.count)
        }
        let isUnchecked = zeroIsNone && entry.checksum == 0
        guard range.count == entry.size,
            isUnchecked || bytes.withBytes(range, ZipArchive.checksum) == entry.checksum
        else {
            throw ArchiveError("the contents of \(entry.name.shown) do not match their checksum or size")
        }
        return (bytes, range)
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
