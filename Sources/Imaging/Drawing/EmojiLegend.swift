/// The list of emoji beside a figure: picture, name, how often; most frequent first.
struct EmojiLegend {
    static let rowHeight = 24
    let kinds: EmojiKinds
    /// Whether each has a swatch of its category's colour.
    let hasSwatches: Bool

    /// How tall the whole list is.
    var height: Int { kinds.kinds.count * Self.rowHeight }

    /// Draws as many as there is room for, and how many there are beside.
    func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int, height: Int) {
        let room = max(height / Self.rowHeight, 1)
        let shown = kinds.kinds.count <= room ? kinds.kinds.count : room - 1
        var brush = EmojiBrush(side: 20)
        for (index, kind) in kinds.kinds.prefix(shown).enumerated() {
            let top = y + index * Self.rowHeight
            var left = x
            if hasSwatches {
                canvas.fill(PixelRegion(x: left, y: top + 4, width: 12, height: 16), kind.colour)
                left += 18
            }
            // A name says what letters say; only a picture stands before it.
            if case .emoji = kind.sign {
                let place = PixelRegion(x: left, y: top + 2, width: 20, height: 20)
                kind.sign.draw(on: &canvas, place, &brush, ink: FigureStyle.text)
                left += 26
            }
            let count = "\(kind.count)"
            let digits = Lettering.shared.width(of: count, .small)
            canvas.write(count, x: x + width, y: top + 5, .small, FigureStyle.muted, alignment: .right)
            let others = kind.others > 0 ? " +\(kind.others)" : ""
            let tail = Lettering.shared.width(of: others, .small)
            let name = Lettering.shared.fitted(kind.label, .small, width: x + width - left - digits - tail - 8)
            canvas.write(name, x: left, y: top + 5, .small)
            canvas.write(
                others, x: left + Lettering.shared.width(of: name, .small), y: top + 5, .small, FigureStyle.muted)
        }
        if shown < kinds.kinds.count {
            canvas.write(
                "… and \(kinds.kinds.count - shown) more", x: x, y: y + shown * Self.rowHeight + 5, .small,
                FigureStyle.muted)
        }
    }
}
