/// A PNG of 8-bit RGB, made byte by byte: deflate's stored blocks, so that a test can also declare what is not there.
///
///     signature | IHDR: width, height, 8, 2, 0, 0, 0 | [eXIf] | IDAT: zlib of rows, each behind a filter byte 0 | IEND
public struct SmallPNG: Sendable {
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// The file.
    public let bytes: [UInt8]

    /// A picture with a colour a pixel.
    /// - Parameter orientation: EXIF's number, 1 ... 8; none where absent.
    public init(
        width: Int, height: Int, orientation: UInt8? = nil,
        pixel: (_ x: Int, _ y: Int) -> (red: UInt8, green: UInt8, blue: UInt8)
    ) {
        var rows: [UInt8] = []
        rows.reserveCapacity(height * (1 + width * 3))
        for y in 0..<height {
            rows.append(0)
            for x in 0..<width {
                let (red, green, blue) = pixel(x, y)
                rows += [red, green, blue]
            }
        }
        self.init(width: width, height: height, orientation: orientation, rows: rows)
    }

    /// Noise that is the same in every run.
    public init(noise seed: UInt64, width: Int = 32, height: Int = 32, orientation: UInt8? = nil) {
        var generator = SeededGenerator(seed: seed)
        self.init(width: width, height: height, orientation: orientation) { _, _ in
            let word = generator.next()
            return (UInt8(word & 255), UInt8(word >> 8 & 255), UInt8(word >> 16 & 255))
        }
    }

    /// A file that declares `width` × `height` and brings only as many bytes of rows as it is given.
    public init(width: Int, height: Int, orientation: UInt8? = nil, rows: [UInt8]) {
        var header = SmallPNG.word(width) + SmallPNG.word(height)
        header += [8, 2, 0, 0, 0]
        var file = SmallPNG.signature + SmallPNG.chunk("IHDR", header)
        if let orientation { file += SmallPNG.chunk("eXIf", SmallPNG.exif(orientation)) }
        file += SmallPNG.chunk("IDAT", SmallPNG.zlib(rows)) + SmallPNG.chunk("IEND", [])
        bytes = file
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        return word(content.count) + body + word(Int(crc(body)))
    }

    private static func word(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// A TIFF directory of one entry: tag 0x0112 (orientation), type 3 (short), count 1.
    private static func exif(_ orientation: UInt8) -> [UInt8] {
        let header: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1]
        let entry: [UInt8] = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]
        return header + entry + [0, 0, 0, 0]
    }

    /// Stored blocks of at most 65,535 bytes between zlib's header and checksum (RFC 1950, RFC 1951).
    private static func zlib(_ content: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var start = 0
        repeat {
            let end = min(start + 65_535, content.count)
            let count = end - start
            stream.append(end == content.count ? 1 : 0)
            for field in [count, ~count] {
                stream += [UInt8(truncatingIfNeeded: field), UInt8(truncatingIfNeeded: field >> 8)]
            }
            stream += content[start..<end]
            start = end
        } while start < content.count
        var (low, high) = (UInt32(1), UInt32(0))
        for byte in content {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return stream + word(Int(high << 16 | low))
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var remainder: UInt32 = .max
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
        }
        return ~remainder
    }
}
