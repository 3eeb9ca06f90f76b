import Imaging
import Testing

@Suite struct CanvasTests {
    private let white = Colour(0xffffff)
    private let ink = Colour(red: 200, green: 10, blue: 60)

    @Test func aCanvasBeginsInOneColourAndBecomesAPicture() throws {
        var canvas = Canvas(width: 5, height: 3, colour: ink)
        canvas.fill(PixelRegion(x: 4, y: 2, width: 1, height: 1), white)
        #expect(canvas[0, 0] == ink && canvas[3, 2] == ink && canvas[4, 2] == white)
        #expect(try Pixels(decoding: canvas.png()) == canvas.pixels)
    }

    /// Against the formula in Double, for every value below and a spread of opacities.
    @Test(arguments: [0, 0.1, 0.25, 0.5, 0.6, 0.75, 0.999, 1, -3, 7, .nan])
    func blendingIsTheRoundedMean(_ opacity: Double) {
        let share = opacity.isNaN ? 0 : (min(max(opacity, 0), 1) * 255).rounded() / 255
        for below in 0...255 {
            let under = UInt8(below)
            var canvas = Canvas(width: 1, height: 1, colour: Colour(red: under, green: under, blue: under))
            canvas.fill(PixelRegion(x: 0, y: 0, width: 1, height: 1), ink, opacity: opacity)
            let mixed = [ink.red, ink.green, ink.blue].map { above in
                UInt8((Double(below) * (1 - share) + Double(above) * share).rounded())
            }
            let colour = canvas[0, 0]
            #expect([colour.red, colour.green, colour.blue] == mixed, "over \(below)")
        }
    }

    @Test(arguments: [(-3, -2, 5, 4), (6, 4, 9, 9), (-9, -9, 99, 99), (3, 1, 0, 5), (3, 1, -4, 5), (20, 20, 3, 3)])
    func whatLiesOutsideIsLeftOut(x: Int, y: Int, width: Int, height: Int) {
        var canvas = Canvas(width: 8, height: 6, colour: white)
        canvas.fill(PixelRegion(x: x, y: y, width: width, height: height), ink)
        for row in 0..<6 {
            for column in 0..<8 {
                let isInside = column >= x && column < x + width && row >= y && row < y + height
                #expect(canvas[column, row] == (isInside ? ink : white), "(\(column), \(row))")
            }
        }
    }

    @Test func anOutlineIsOnePixelWideAndInside() {
        var canvas = Canvas(width: 7, height: 7, colour: white)
        canvas.outline(PixelRegion(x: 1, y: 2, width: 5, height: 4), ink)
        let count = (0..<49).count { canvas[$0 % 7, $0 / 7] == ink }
        #expect(count == 2 * 5 + 2 * 4 - 4)
        #expect(canvas[1, 2] == ink && canvas[5, 5] == ink && canvas[2, 3] == white && canvas[6, 6] == white)
        canvas.outline(PixelRegion(x: 3, y: 3, width: 0, height: 9), ink)
        #expect((0..<49).count { canvas[$0 % 7, $0 / 7] == ink } == count, "nothing has no border")
    }

    @Test(arguments: [(0, 0, 9, 5), (9, 5, 0, 0), (2, 8, 2, 1), (1, 1, 1, 1), (0, 9, 9, 0), (4, 0, 6, 9)])
    func aLineGoesFromEndToEndWithoutGaps(x0: Int, y0: Int, x1: Int, y1: Int) {
        var canvas = Canvas(width: 10, height: 10, colour: white)
        canvas.line(from: (x0, y0), to: (x1, y1), ink)
        let drawn = (0..<100).map { ($0 % 10, $0 / 10) }.filter { canvas[$0.0, $0.1] == ink }
        #expect(drawn.count == max(abs(x1 - x0), abs(y1 - y0)) + 1)
        #expect(canvas[x0, y0] == ink && canvas[x1, y1] == ink)
        // No pixel is farther than half a pixel from the line along the shorter way.
        for (x, y) in drawn where drawn.count > 1 {
            let across = abs((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0))
            #expect(2 * across <= max(abs(x1 - x0), abs(y1 - y0)), "(\(x), \(y))")
        }
    }

    @Test func aLineMayLeaveTheCanvas() {
        var canvas = Canvas(width: 4, height: 4, colour: white)
        canvas.line(from: (-50, 1), to: (50, 1), ink)
        #expect((0..<4).allSatisfy { canvas[$0, 1] == ink && canvas[$0, 2] == white })
    }

    @Test(arguments: [(1, 1), (3, 2), (4, 6), (9, 9), (2, 7)])
    func aPictureIsScaledToTheNearestPixel(width: Int, height: Int) {
        var random = SplitMix64(seed: 8)
        let bytes = (0..<(3 * 4 * 3)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let picture = Pixels(width: 3, height: 4, bytes: bytes)
        var canvas = Canvas(width: 9, height: 8, colour: white)
        canvas.draw(picture, in: PixelRegion(x: -1, y: 2, width: width, height: height))
        for y in 0..<8 {
            for x in 0..<9 {
                let isInside = x + 1 < width && y >= 2 && y - 2 < height
                let expected = isInside ? picture[(x + 1) * 3 / width, (y - 2) * 4 / height] : (255, 255, 255)
                let colour = canvas[x, y]
                #expect((colour.red, colour.green, colour.blue) == expected, "(\(x), \(y))")
            }
        }
    }

    @Test func aCanvasWithoutPixelsIsTheProgrammersMistake() async {
        await #expect(processExitsWith: .failure) { _ = Canvas(width: 0, height: 3, colour: Colour(0)) }
    }
}
