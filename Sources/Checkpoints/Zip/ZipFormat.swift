// The parts of a zip archive that are written (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT):
//
//     local header | data | local header | data | … | central header | central header | … | end
//
// Numbers are little-endian. Sizes and offsets have 32 bits; where one does not fit, all ones stand there and the real
// number is in an extra field ("zip64", 64 bits).

/// One entry, stored without compression.
struct ZipEntryHeader {
    let name: [UInt8]
    let size: Int
    /// Where its local header begins.
    let offset: Int

    init(name: String, size: Int, offset: Int) {
        self.name = Array(name.utf8)
        precondition(self.name.count <= 60_000, "a name of \(self.name.count) bytes")
        self.size = size
        self.offset = offset
    }

    private var isLarge: Bool { size >= ZipFormat.escape }
    private var isFar: Bool { offset >= ZipFormat.escape }

    var localSize: Int { 30 + name.count + (isLarge ? 20 : 0) }
    var centralSize: Int { 46 + name.count + centralExtra.count }

    func local(checksum: UInt32) -> [UInt8] {
        let extra = isLarge ? ZipFormat.extra([size, size]) : []
        return ZipFormat.number(0x0403_4B50, 4) + common(checksum, extra) + name + extra
    }

    func central(checksum: UInt32) -> [UInt8] {
        let extra = centralExtra
        let place = ZipFormat.number(min(offset, ZipFormat.escape), 4)
        return ZipFormat.number(0x0201_4B50, 4) + [45, 3] + common(checksum, extra)
            + [UInt8](repeating: 0, count: 6)  // no comment, first disk, binary
            + ZipFormat.number(0o100644 << 16, 4) + place + name + extra
    }

    private var centralExtra: [UInt8] {
        let numbers = (isLarge ? [size, size] : []) + (isFar ? [offset] : [])
        return numbers.isEmpty ? [] : ZipFormat.extra(numbers)
    }

    /// Version needed, names in UTF-8, stored, first day of 1980, checksum, sizes, lengths: in both headers.
    private func common(_ checksum: UInt32, _ extra: [UInt8]) -> [UInt8] {
        let shown = ZipFormat.number(min(size, ZipFormat.escape), 4)
        return ZipFormat.number(isLarge || isFar ? 45 : 20, 2) + ZipFormat.number(0x0800, 2) + ZipFormat.number(0, 2)
            + ZipFormat.number(0, 2) + ZipFormat.number(0x21, 2) + ZipFormat.number(Int(checksum), 4) + shown + shown
            + ZipFormat.number(name.count, 2) + ZipFormat.number(extra.count, 2)
    }
}

/// What ends the archive.
struct ZipEnd {
    let entries: Int
    /// Where the central headers begin, and how many bytes they take.
    let offset: Int
    let size: Int

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        if entries >= 0xFFFF || offset >= ZipFormat.escape || size >= ZipFormat.escape {
            bytes += ZipFormat.number(0x0606_4B50, 4) + ZipFormat.number(44, 8) + [45, 3, 45, 0]
            bytes += ZipFormat.number(0, 8)  // first disk
            for number in [entries, entries, size, offset] { bytes += ZipFormat.number(number, 8) }
            bytes += ZipFormat.number(0x0706_4B50, 4) + ZipFormat.number(0, 4)
            bytes += ZipFormat.number(offset + size, 8) + ZipFormat.number(1, 4)
        }
        let count = ZipFormat.number(min(entries, 0xFFFF), 2)
        bytes += ZipFormat.number(0x0605_4B50, 4) + ZipFormat.number(0, 4) + count + count
        bytes += ZipFormat.number(min(size, ZipFormat.escape), 4) + ZipFormat.number(min(offset, ZipFormat.escape), 4)
        return bytes + [0, 0]
    }
}

enum ZipFormat {
    /// Stands where a number has its place in the extra field.
    static let escape = 0xFFFF_FFFF

    static func number(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func extra(_ numbers: [Int]) -> [UInt8] {
        number(1, 2) + number(8 * numbers.count, 2) + numbers.flatMap { number($0, 8) }
    }
}
