import Imaging
import Testing

struct ExifOrientationTests {
    /// A TIFF block with one entry of the given tag, type and value.
    private static func block(little: Bool = true, tag: Int = 0x0112, type: Int = 3, value: Int = 6, entries: Int = 1)
        -> [UInt8]
    {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return little ? bytes : bytes.reversed()
        }
        let head = Array((little ? "II" : "MM").utf8) + number(42, 2) + number(8, 4) + number(entries, 2)
        let field = type == 3 ? number(value, 2) + [0, 0] : number(value, 4)
        return head + number(tag, 2) + number(type, 2) + number(1, 4) + field
    }

    private static func jpeg(_ segments: [[UInt8]]) -> [UInt8] { [0xFF, 0xD8] + segments.joined() + [0xFF, 0xDA] }

    private static func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0xFF, marker, UInt8((payload.count + 2) >> 8), UInt8((payload.count + 2) & 255)] + payload
    }

    private static func exif(_ block: [UInt8]) -> [UInt8] { segment(0xE1, Array("Exif\0\0".utf8) + block) }

    private static func png(_ block: [UInt8], length: Int? = nil) -> [UInt8] {
        let count = length ?? block.count
        let head: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        return head + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } + Array("eXIf".utf8) + block
            + [0, 0, 0, 0]
    }

    @Test(arguments: [true, false], ExifOrientation.allCases)
    func isReadInBothByteOrdersAndTypes(little: Bool, orientation: ExifOrientation) {
        for type in [3, 4] {
            let block = Self.block(little: little, type: type, value: orientation.rawValue)
            #expect(ExifOrientation(of: Self.jpeg([Self.exif(block)]).span, .jpeg) == orientation)
            #expect(ExifOrientation(of: Self.png(block).span, .png) == orientation)
        }
    }

    @Test func otherSegmentsAndFillBytesAreSteppedOver() {
        let other =
            Self.segment(0xE0, Array("JFIF".utf8)) + [0xFF, 0xFF]
            + Self.segment(0xE1, Array("http://ns".utf8)).dropFirst()
        #expect(ExifOrientation(of: Self.jpeg([other, Self.exif(Self.block())]).span, .jpeg) == .quarterClockwise)
    }

    @Test(
        arguments: [
            jpeg([]), jpeg([exif([])]), jpeg([exif(block(value: 9))]), jpeg([exif(block(value: 0))]),
            jpeg([exif(block(type: 2))]), jpeg([exif(block(tag: 0x0113))]),
            jpeg([exif(block(tag: 1, entries: 65_535))]),
            jpeg([exif(Array(block().dropLast(5)))]), jpeg([exif([0x49, 0x49, 42, 0, 0xFF, 0xFF, 0xFF, 0xFF])]),
            jpeg([exif([0x49, 0x49, 43, 0, 8, 0, 0, 0])]),
            [0xFF, 0xD8, 0xFF, 0xE1, 0xFF, 0xFF] + Array("Exif\0\0".utf8),
            [0xFF, 0xD8, 0xFF, 0xE1, 0, 1], [0xFF, 0xD8], [],
        ] as [[UInt8]])
    func damagedOrAbsentDataCountAsNone(bytes: [UInt8]) {
        #expect(ExifOrientation(of: bytes.span, .jpeg) == nil)
    }

    @Test(arguments: [png(block(), length: 0x7FFF_FFFF), png(block(), length: 0), png([]), [1, 2, 3]])
    func damagedPNGChunksCountAsNone(bytes: [UInt8]) {
        #expect(ExifOrientation(of: bytes.span, .png) == nil)
    }
}
