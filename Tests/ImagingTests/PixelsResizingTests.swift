import Imaging
import Testing

struct PixelsResizingTests {
    /// FILE.METHOD.WIDTHxHEIGHT.npy, those of Pillow.
    private static let fixtures = Golden.names(in: "resize").filter { !$0.contains("torch") }

    @Test(.enabled(if: Golden.isPresent), arguments: fixtures)
    func equalsPillowInEveryByte(fixture: String) throws {
        let match = try #require(fixture.wholeMatch(of: /(.+)\.([a-z]+)\.([0-9]+)x([0-9]+)\.npy/)).output
        let width = try #require(Int(match.3))
        let height = try #require(Int(match.4))
        let interpolation = try #require(Interpolation(name: String(match.2)))
        let decoded = try NpyFixture("decoded/\(match.1).npy")
        let source = Pixels(width: decoded.shape[1], height: decoded.shape[0], bytes: decoded.payload)
        let truth = try NpyFixture("resize/\(fixture)")
        let resized = source.resized(width: width, height: height, interpolation)
        #expect([resized.height, resized.width, 3] == truth.shape)
        #expect(resized.bytes == truth.payload)
    }

    @Test(
        arguments: Interpolation.allCases,
        [(7, 5), (31, 12), (64, 64), (1, 90), (200, 3), (50, 40), (23, 40), (50, 17)])
    func keepingARegionEqualsCroppingTheWhole(interpolation: Interpolation, size: (width: Int, height: Int)) {
        let source = noise(width: 50, height: 40, seed: 11)
        let whole = source.resized(width: size.width, height: size.height, interpolation)
        #expect(whole.width == size.width && whole.height == size.height)
        let region = PixelRegion(
            columns: (size.width / 3)..<(size.width - size.width / 4),
            rows: (size.height / 4)..<(size.height - size.height / 3))
        let part = source.resized(width: size.width, height: size.height, interpolation, keeping: region)
        #expect(part == whole.cropped(to: region))
    }

    @Test(arguments: Interpolation.allCases)
    func oneColourStaysThatColour(interpolation: Interpolation) {
        let source = Pixels(width: 33, height: 21, red: 200, green: 30, blue: 255)
        for (width, height) in [(64, 64), (5, 7), (33, 90), (1, 1)] {
            let resized = source.resized(width: width, height: height, interpolation)
            #expect(resized == Pixels(width: width, height: height, red: 200, green: 30, blue: 255))
        }
    }

    /// Along x by the vector loop, along y by another: both must be the sums that the filters' definitions give.
    @Test(arguments: [Interpolation.box, .bilinear, .hamming, .bicubic, .lanczos])
    func isTheWeightedSumThatTheFilterDefines(interpolation: Interpolation) {
        for (width, height, target) in [(37, 3, 11), (11, 3, 37), (500, 1, 3), (3, 4, 2), (2, 2, 1), (130, 2, 129)] {
            let source = noise(width: width, height: height, seed: UInt64(width))
            let resized = source.resized(width: target, height: height, interpolation)
            let turned = source.turned(.transposed).resized(width: height, height: target, interpolation)
            #expect(turned.turned(.transposed) == resized)
            let truth = ResamplingReference(interpolation).alongX(source, to: target)
            #expect(zip(resized.bytes, truth).allSatisfy { abs(Double($0) - $1) < 0.501 })
        }
    }

    private func noise(width: Int, height: Int, seed: UInt64) -> Pixels {
        var random = SplitMix64(seed: seed)
        let bytes = (0..<(width * height * 3)).map { _ in UInt8.random(in: 0...255, using: &random) }
        return Pixels(width: width, height: height, bytes: bytes)
    }
}
