import CZlib

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

    /// Hands the whole archive on in pieces. Each array is read twice, first for its checksum.
    public func write<Failure: Error>(to sink: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        var directory: [UInt8] = []
        var offset = 0
        for entry in entries {
            let checksum = entry.array.withBytes {
                NpzWriter.checksum($0, after: NpzWriter.checksum(entry.npyHeader.span))
            }
            try sink((entry.header.local(checksum: checksum) + entry.npyHeader).span)
            try entry.array.forEachPiece(of: SafetensorsWriter.pieceSize, sink)
            directory += entry.header.central(checksum: checksum)
            offset += entry.header.localSize + entry.header.size
        }
        try sink((directory + ZipEnd(entries: entries.count, offset: offset, size: directory.count).encoded).span)
    }

    /// A whole archive.
    public static func encode(_ arrays: [(name: String, value: ArrayValue)]) -> [UInt8] {
        let writer = NpzWriter(arrays)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(writer.byteCount)
        writer.write { piece in piece.withUnsafeBufferPointer { bytes += $0 } }
        return bytes
    }

    private static func checksum(_ bytes: Span<UInt8>, after start: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(UInt(start), $0.baseAddress, $0.count)) }
    }
}
