import Imaging
import Resources
import Testing

@Suite struct EmojiSpritesTests {
    private let sprites = EmojiSprites.shared

    @Test func everyEmojiOfTheIndexHasAPictureOfItsOwn() {
        let names = Resource.emojiIndex.lines.map { String($0) }
        var seen: [Data: String] = [:]
        for name in names {
            #expect(sprites.contains(name))
            let canvas = Self.drawn(sprites[name])
            #expect(canvas.bytes.count { $0 != 255 } > 200, "\(name) is blank")
            let other = seen.updateValue(name, forKey: Data(bytes: canvas.bytes))
            #expect(other == nil, "\(name) looks like \(other ?? "")")
        }
        #expect(seen.count == names.count && names.count >= 400)
    }

    @Test func theSignForColoursDoesNotMatter() {
        #expect(sprites.contains("❤️") && sprites.contains("❤"))
        #expect(sprites["❤️"] == sprites["❤"])
    }

    @Test func whatIsNotThereIsTheFallback() {
        #expect(sprites.contains(EmojiSprites.fallback))
        for text in ["", "x", "🧑‍💻🧑‍💻"] {
            #expect(!sprites.contains(text))
            #expect(sprites[text] == sprites[EmojiSprites.fallback])
        }
    }

    @Test func aHeartIsRedInTheMiddleAndNothingInTheCorner() {
        let canvas = Self.drawn(sprites["❤️"])
        let middle = canvas[32, 32]
        #expect(middle.red > 200 && middle.green < 80 && middle.blue < 80)
        #expect(canvas[0, 0] == Colour(0xffffff))
    }

    /// Against the mean in Double over the area of each pixel.
    @Test(arguments: [1, 7, 20, 32, 63, 65, 100, 128])
    func scalingIsTheMeanOverTheArea(_ side: Int) {
        let sprite = sprites["🦜"]
        let large = Self.drawn(sprite, on: Colour(0))
        let small = Self.drawn(sprite.scaled(to: side), on: Colour(0))
        let step = 64 / Double(side)
        for (x, y) in [(0, 0), (side / 2, side / 2), (side / 3, side - 1), (side - 1, side / 4)] {
            var (sum, area) = (0.0, 0.0)
            for row in 0..<64 {
                for column in 0..<64 {
                    let width = min(Double(column + 1), Double(x + 1) * step) - max(Double(column), Double(x) * step)
                    let height = min(Double(row + 1), Double(y + 1) * step) - max(Double(row), Double(y) * step)
                    if width <= 0 || height <= 0 { continue }
                    sum += Double(large[column, row].red) * width * height
                    area += width * height
                }
            }
            #expect(abs(Double(small[x, y].red) - sum / area) <= 1.5, "(\(x), \(y)) of \(side)")
        }
    }

    @Test func opacityLetsThrough() {
        var canvas = Canvas(width: 64, height: 64, colour: Colour(0xffffff))
        canvas.draw(sprites["❤️"], x: 0, y: 0, opacity: 0)
        #expect(canvas == Canvas(width: 64, height: 64, colour: Colour(0xffffff)))
        let full = Self.drawn(sprites["❤️"])[32, 32]
        canvas.draw(sprites["❤️"], x: 0, y: 0, opacity: 0.5)
        #expect(abs(Int(canvas[32, 32].green) - (255 + Int(full.green)) / 2) <= 2)
    }

    @Test func aSpriteIsCutAtTheBorder() {
        var canvas = Canvas(width: 10, height: 10, colour: Colour(0xffffff))
        canvas.draw(sprites["❤️"], x: -32, y: -32)
        #expect(canvas[0, 0].red > 200 && canvas[0, 0].green < 80)
        canvas.draw(sprites["❤️"], x: 100, y: -100)
    }

    private static func drawn(_ sprite: Sprite, on colour: Colour = Colour(0xffffff)) -> Canvas {
        var canvas = Canvas(width: sprite.side, height: sprite.side, colour: colour)
        canvas.draw(sprite, x: 0, y: 0)
        return canvas
    }
}

private struct Data: Hashable { let bytes: [UInt8] }
