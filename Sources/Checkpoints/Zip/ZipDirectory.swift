/// The central directory at the end of a zip archive.
struct ZipDirectory {
    private let bytes: ByteSource
    private let reader: LittleEndianReader

    init(_ bytes: ByteSource) {
        self.bytes = bytes
        reader = LittleEndianReader(bytes)
    }

    func entries() throws(ArchiveError) -> [ZipArchive.Entry] {
        let (count, start, size) = try end()
        guard count <= ZipArchive.maximumEntries else {
            throw ArchiveError("the archive has \(count) entries, more than the limit of \(ZipArchive.maximumEntries)")
        }
        guard start <= bytes.count, size <= bytes.count - start else {
            throw ArchiveError("the archive's directory lies outside of it; the file is cut off")
        }
        var entries: [ZipArchive.Entry] = []
        var names: Set<String> = []
        var offset = start
        for _ in 0..<count {
            let (entry, next) = try entry(at: offset)
            guard next <= start + size else { throw ArchiveError("the archive's directory is longer than it says") }
            guard names.insert(entry.name).inserted else {
                throw ArchiveError("the archive has two entries named \(entry.name.shown)")
            }
            entries.append(entry)
            offset = next
        }
        guard offset == start + size else { throw ArchiveError("the archive has more entries than it counts") }
        return entries
    }

    /// The end record is the last 22 bytes and a comment of at most 65,535.
    private func end() throws(ArchiveError) -> (count: Int, start: Int, size: Int) {
        var offset = bytes.count - 22
        let first = max(0, offset - 0xFFFF)
        while offset >= first, offset >= 0 {
            if reader.number(at: offset, 4) == 0x0605_4B50,
                reader.number(at: offset + 20, 2) == bytes.count - offset - 22
            {
                return try end(at: offset)
            }
            offset -= 1
        }
        throw ArchiveError("not a zip archive, or cut off: its directory is missing")
    }

    private func end(at offset: Int) throws(ArchiveError) -> (count: Int, start: Int, size: Int) {
        guard let disk = reader.number(at: offset + 4, 2), let firstDisk = reader.number(at: offset + 6, 2),
            let here = reader.number(at: offset + 8, 2), let count = reader.number(at: offset + 10, 2),
            let size = reader.number(at: offset + 12, 4), let start = reader.number(at: offset + 16, 4)
        else { throw ArchiveError("the archive's directory is cut off") }
        if reader.number(at: offset - 20, 4) == 0x0706_4B50 { return try zip64End(locator: offset - 20) }
        guard disk == 0, firstDisk == 0, here == count else {
            throw ArchiveError("archives in several parts are not read")
        }
        return (count, start, size)
    }

    private func zip64End(locator: Int) throws(ArchiveError) -> (count: Int, start: Int, size: Int) {
        guard let record = reader.number(at: locator + 8, 8), record <= locator - 56,
            reader.number(at: record, 4) == 0x0606_4B50, let count = reader.number(at: record + 32, 8),
            reader.number(at: record + 24, 8) == count, let size = reader.number(at: record + 40, 8),
            let start = reader.number(at: record + 48, 8)
        else { throw ArchiveError("the archive's 64-bit directory is damaged") }
        return (count, start, size)
    }

    private func entry(at offset: Int) throws(ArchiveError) -> (ZipArchive.Entry, next: Int) {
        guard reader.number(at: offset, 4) == 0x0201_4B50, let flags = reader.number(at: offset + 8, 2),
            let method = reader.number(at: offset + 10, 2), let checksum = reader.number(at: offset + 16, 4),
            let compressed = reader.number(at: offset + 20, 4), let size = reader.number(at: offset + 24, 4),
            let nameLength = reader.number(at: offset + 28, 2), let extraLength = reader.number(at: offset + 30, 2),
            let commentLength = reader.number(at: offset + 32, 2), let place = reader.number(at: offset + 42, 4),
            offset + 46 + nameLength + extraLength + commentLength <= bytes.count
        else { throw ArchiveError("the archive's directory is damaged") }
        let nameEnd = offset + 46 + nameLength
        guard let name = String(validating: bytes.bytes((offset + 46)..<nameEnd), as: UTF8.self) else {
            throw ArchiveError("a name in the archive's directory is not UTF-8")
        }
        guard flags & 1 == 0, method == 0 || method == 8 else {
            throw ArchiveError("\(name.shown) is encrypted or compressed by a method that is not read")
        }
        var numbers = [size, compressed, place]
        try replaceEscapes(in: &numbers, extra: nameEnd..<(nameEnd + extraLength), of: name)
        guard method == 8 || numbers[0] == numbers[1] else {
            throw ArchiveError("\(name.shown) is stored, but its two sizes differ")
        }
        let entry = ZipArchive.Entry(
            name: name, size: numbers[0], compressedSize: numbers[1], isDeflated: method == 8,
            checksum: UInt32(checksum), offset: numbers[2])
        return (entry, nameEnd + extraLength + commentLength)
    }

    /// Numbers of all ones stand, in this order, in the extra field with the identifier 1.
    private func replaceEscapes(in numbers: inout [Int], extra: Range<Int>, of name: String) throws(ArchiveError) {
        guard numbers.contains(ZipFormat.escape) else { return }
        var field = extra.lowerBound
        while field + 4 <= extra.upperBound, let identifier = reader.number(at: field, 2),
            let length = reader.number(at: field + 2, 2)
        {
            if identifier != 1 {
                field += 4 + length
                continue
            }
            var at = field + 4
            for index in numbers.indices where numbers[index] == ZipFormat.escape {
                guard at + 8 <= min(field + 4 + length, extra.upperBound), let number = reader.number(at: at, 8) else {
                    throw ArchiveError("the 64-bit sizes of \(name.shown) are damaged")
                }
                numbers[index] = number
                at += 8
            }
            return
        }
        throw ArchiveError("the 64-bit sizes of \(name.shown) are missing")
    }
}
