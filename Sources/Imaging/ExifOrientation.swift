/// How stored pixels must be turned to stand upright; the numbers are EXIF's (tag 0x0112).
public enum ExifOrientation: Int, Sendable, CaseIterable {
    case upright = 1
    case mirrored
    case upsideDown
    case mirroredUpsideDown
    case transposed
    case quarterClockwise
    case transversed
    case quarterCounterclockwise

    /// Whether width and height change places.
    public var swapsSides: Bool { rawValue >= ExifOrientation.transposed.rawValue }

    /// The orientation that a picture carries, or `nil`. Damaged EXIF data are no error: they count as none.
    public init?(of bytes: Span<UInt8>, _ format: ImageFormat) {
        let block =
            switch format {
            case .jpeg: ExifOrientation.jpegBlock(in: bytes)
            case .png: bytes.pngChunk(named: "eXIf")
            }
        guard let block, let orientation = ExifOrientation.orientation(in: bytes.extracting(block)) else { return nil }
        self = orientation
    }

    /// The first EXIF segment before the scan data:
    ///
    ///     FF D8 | FF marker, 2 length, … | FF E1, 2 length, "Exif\0\0", TIFF block | … | FF DA (scan)
    private static func jpegBlock(in bytes: Span<UInt8>) -> Range<Int>? {
        var offset = 2
        while let marker = bytes.integer16(at: offset), marker >= 0xFF00 {
            switch marker {
            case 0xFFFF:  // fill byte
                offset += 1
            case 0xFF01, 0xFFD0...0xFFD7:  // markers without a length
                offset += 2
            case 0xFFD9, 0xFFDA:
                return nil
            default:
                guard let length = bytes.integer16(at: offset + 2), length >= 2 else { return nil }
                let end = offset + 2 + length
                if marker == 0xFFE1, bytes.hasText("Exif\0\0", at: offset + 4), length >= 8, end <= bytes.count {
                    return (offset + 10)..<end
                }
                offset = end
            }
        }
        return nil
    }

    /// A TIFF block: byte order "II" or "MM", 42, offset of the first directory; the directory: a count, then
    /// entries of 2 tag, 2 type, 4 count, 4 value.
    private static func orientation(in block: Span<UInt8>) -> ExifOrientation? {
        let little = block.hasText("II", at: 0)
        guard little || block.hasText("MM", at: 0), block.integer16(at: 2, littleEndian: little) == 42,
            let directory = block.integer32(at: 4, littleEndian: little),
            let entries = block.integer16(at: directory, littleEndian: little)
        else { return nil }
        for index in 0..<entries {
            let entry = directory + 2 + index * 12
            guard let tag = block.integer16(at: entry, littleEndian: little) else { return nil }
            guard tag == 0x0112 else { continue }
            let value =
                switch block.integer16(at: entry + 2, littleEndian: little) {
                case 3: block.integer16(at: entry + 8, littleEndian: little)
                case 4: block.integer32(at: entry + 8, littleEndian: little)
                default: Int?.none
                }
            return value.flatMap(ExifOrientation.init(rawValue:))
        }
        return nil
    }
}
