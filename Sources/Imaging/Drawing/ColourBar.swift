/// The legend of a scale: an upright bar with its lowest and highest value, and the one in the middle.
struct ColourBar {
    static let barWidth = 14
    let map: ColourMap
    let range: ValueRange
    /// What the values are, written over the bar.
    let title: String

    /// Draws it with its upper left corner at (`x`, `y`), the letters included.
    func draw(on canvas: inout Canvas, x: Int, y: Int, height: Int, width: Int) {
        canvas.write(title, x: x, y: y, .small, FigureStyle.muted, width: width)
        let top = y + Lettering.shared.lineHeight(.small) + 4
        let rows = max(height - (top - y), 2)
        for row in 0..<rows {
            let colour = map(1 - Float(row) / Float(rows - 1))
            canvas.fill(PixelRegion(x: x, y: top + row, width: Self.barWidth, height: 1), colour)
        }
        canvas.outline(PixelRegion(x: x, y: top, width: Self.barWidth, height: rows), FigureStyle.line)
        if range.isEmpty {
            canvas.write("no values", x: x + Self.barWidth + 6, y: top, .small, FigureStyle.muted)
            return
        }
        let line = Lettering.shared.lineHeight(.small)
        let middle = range.least / 2 + range.greatest / 2
        // Where all values are equal, they have the lowest colour.
        let places = [(range.least, rows - line), (range.greatest, 0), (middle, (rows - line) / 2)]
        for (value, place) in range.least == range.greatest ? places.prefix(1) : places[...] {
            canvas.write(
                Math.text(value), x: x + Self.barWidth + 6, y: top + place, .small, FigureStyle.text,
                width: width - Self.barWidth - 6)
        }
    }
}
