import Imaging
import Testing

struct PNGTests {
    @Test(arguments: [0, 1, 6, 9])
    func whatIsWrittenIsReadBack(compression: Int) throws {
        var random = SplitMix64(seed: 5)
        let bytes = (0..<(31 * 17 * 3)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let pixels = Pixels(width: 31, height: 17, bytes: bytes)
        #expect(try Pixels(decoding: PNG.encode(pixels, compression: compression)) == pixels)
    }

    @Test func greyIsSpreadAndAlphaDropped() throws {
        let grey = try PNG.encode([0, 90, 255, 7], width: 2, height: 2, .grey)
        #expect(try Pixels(decoding: grey).bytes == [0, 0, 0, 90, 90, 90, 255, 255, 255, 7, 7, 7])
        let rgba = try PNG.encode([1, 2, 3, 0, 9, 8, 7, 255], width: 1, height: 2, .rgba)
        #expect(try Pixels(decoding: rgba).bytes == [1, 2, 3, 9, 8, 7])
    }
}
