extension Canvas {
    /// Draws a picture into a rectangle: each pixel is the picture's nearest one, never a mixture.
    public mutating func draw(_ picture: Pixels, in region: PixelRegion) {
        let shown = visible(region)
        let (columns, rows) = (region.columns.count, region.rows.count)
        if shown.columns.isEmpty || shown.rows.isEmpty { return }
        let sources = shown.columns.map { ($0 - region.columns.lowerBound) * picture.width / columns * 3 }
        let width = width
        withBytes { bytes in
            for y in shown.rows {
                let row = (y - region.rows.lowerBound) * picture.height / rows * picture.width * 3
                var target = (y * width + shown.columns.lowerBound) * 3
                for source in sources {
                    for channel in 0..<3 { bytes[target + channel] = picture.bytes[row + source + channel] }
                    target += 3
                }
            }
        }
    }

    /// Draws a sprite with its upper left corner at (`x`, `y`), letting what is below shine through.
    public mutating func draw(_ sprite: Sprite, x: Int, y: Int, opacity: Double = 1) {
        let share = UInt32(Colour.coverage(opacity))
        let shown = visible(PixelRegion(x: x, y: y, width: sprite.side, height: sprite.side))
        let width = width
        withBytes { bytes in
            for row in shown.rows {
                for column in shown.columns {
                    let source = ((row - y) * sprite.side + column - x) * 4
                    let alpha = UInt32(sprite.premultiplied[source + 3]) * share / 255
                    if alpha == 0 { continue }
                    let target = (row * width + column) * 3
                    for channel in 0..<3 {
                        let ink = UInt32(sprite.premultiplied[source + channel]) * share
                        let below = UInt32(bytes[target + channel]) * (255 - alpha)
                        bytes[target + channel] = UInt8(min((ink + below + 127) / 255, 255))
                    }
                }
            }
        }
    }

    /// Fills a rectangle with what stands for a value that is none: grey with slanted strokes.
    mutating func hatch(_ region: PixelRegion, opacity: Double = 1) {
        fill(region, FigureStyle.missing, opacity: opacity)
        let shown = visible(region)
        for y in shown.rows {
            for x in shown.columns where (x + y) % 6 == 0 {
                set(x, y, FigureStyle.hatch, coverage: Colour.coverage(opacity))
            }
        }
    }
}
