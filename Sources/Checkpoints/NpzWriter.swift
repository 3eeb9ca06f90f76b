import CZlib
import Synchronization

/// Several arrays as `numpy.savez` writes them: a zip archive of stored `NAME.npy` entries. Its length is known before
/// the first byte, and it is handed on in pieces, so nothing is copied and a response needs no chunks.
public struct NpzWriter: Sendable {
    private struct Entry {
        let header: ZipEntryHeader
        let npyHeader: [UInt8]
        let array: ArrayValue
    }

    private let entries: [Entry]
    /// Of the whole archive.
    public let byteCount: Int

    /// - Precondition: the names are unique, at most 60,000 bytes long, and numpy knows the types.
    public init(_ arrays: [(name: String, value: ArrayValue)]) {
        var entries: [Entry] = []
        var names: Set<String> = []
        var offset = 0
        for (name, value) in arrays {
            precondition(names.insert(name).inserted, "two arrays named '\(name)'")
            let npyHeader = Npy.header(of: value)
            let header = ZipEntryHeader(name: name + ".npy", size: npyHeader.count + value.byteCount, offset: offset)
            entries.append(Entry(header: header, npyHeader: npyHeader, array: value))
            offset += header.localSize + header.size
        }
        self.entries = entries
        let directory = entries.reduce(0) { $0 + $1.header.centralSize }
        byteCount = offset + directory + ZipEnd(entries: entries.count, offset: offset, size: directory).encoded.count
    }

    /// The whole archive, piece by piece. Each array is read twice, first for its checksum.
    public var pieces: ByteStream {
        let checksums = ChecksumList(count: entries.count)
        var parts: [ByteStream.Part] = []
        for (index, entry) in entries.enumerated() {
            parts.append(
                .made {
                    var checksum = NpzWriter.checksum(entry.npyHeader.span)
                    entry.array.forEachRun { checksum = NpzWriter.checksum($0, after: checksum) }
                    checksums[index] = checksum
                    return entry.header.local(checksum: checksum) + entry.npyHeader
                })
            parts.append(.array(entry.array))
        }
        parts.append(.made { directory(checksums) })
        return ByteStream(parts)
    }

    /// The central directory and what ends it.
    private func directory(_ checksums: ChecksumList) -> [UInt8] {
        var directory: [UInt8] = []
        var offset = 0
        for (index, entry) in entries.enumerated() {
            directory += entry.header.central(checksum: checksums[index])
            offset += entry.header.localSize + entry.header.size
        }
        return directory + ZipEnd(entries: entries.count, offset: offset, size: directory.count).encoded
    }

    /// A whole archive.
    public static func encode(_ arrays: [(name: String, value: ArrayValue)]) -> [UInt8] {
        NpzWriter(arrays).pieces.joined
    }

    /// What the entries' checksums were, remembered from an entry's own header to the directory at the end.
    private final class ChecksumList: Sendable {
        private let values: Mutex<[UInt32]>

        init(count: Int) { values = Mutex(Array(repeating: 0, count: count)) }

        subscript(_ index: Int) -> UInt32 {
            get { values.withLock { $0[index] } }
            set { values.withLock { $0[index] = newValue } }
        }
    }

    private static func checksum(_ bytes: Span<UInt8>, after start: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(UInt(start), $0.baseAddress, $0.count)) }
    }
}
