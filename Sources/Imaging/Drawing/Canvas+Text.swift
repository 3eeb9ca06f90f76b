extension Canvas {
    /// Which part of a text lies at the place given for it.
    public enum Alignment: Sendable {
        case left
        case centre
        case right
    }

    /// Writes one line of text.
    /// - Parameters:
    ///   - x: where it begins, has its middle, or ends, as `alignment` says.
    ///   - y: the top of the line.
    ///   - width: the most that it may take; its end is replaced by … where it would take more.
    public mutating func write(
        _ text: String, x: Int, y: Int, _ size: Lettering.Size = .medium, _ colour: Colour = FigureStyle.text,
        alignment: Alignment = .left, width: Int? = nil
    ) {
        let text = width.map { Lettering.shared.fitted(text, size, width: $0) } ?? text
        let start = Self.start(x, alignment, Lettering.shared.width(of: text, size))
        write(text, size, colour) { along, down in (start + along, y + down) }
    }

    /// Writes one line of text that reads from the bottom to the top.
    /// - Parameters:
    ///   - x: the left edge of the line.
    ///   - y: where it begins (`.left`), has its middle, or ends.
    public mutating func writeUpwards(
        _ text: String, x: Int, y: Int, _ size: Lettering.Size = .medium, _ colour: Colour = FigureStyle.text,
        alignment: Alignment = .left, width: Int? = nil
    ) {
        let text = width.map { Lettering.shared.fitted(text, size, width: $0) } ?? text
        let start = Self.start(-y, alignment, Lettering.shared.width(of: text, size))
        write(text, size, colour) { along, down in (x + down, -start - along - 1) }
    }

    private static func start(_ place: Int, _ alignment: Alignment, _ width: Int) -> Int {
        switch alignment {
        case .left: place
        case .centre: place - width / 2
        case .right: place - width
        }
    }

    /// - Parameter place: where the pixel goes that lies so far along the line and below its top.
    private mutating func write(
        _ text: String, _ size: Lettering.Size, _ colour: Colour, at place: (_ along: Int, _ down: Int) -> (Int, Int)
    ) {
        let face = Lettering.shared.face(size)
        let sheet = Lettering.shared.sheet
        var pen = 0
        for scalar in text.unicodeScalars {
            guard let glyph = face[scalar] else { continue }
            for row in 0..<glyph.height {
                let source = ((glyph.y + row) * sheet.width + glyph.x) * 3
                for column in 0..<glyph.width {
                    let (x, y) = place(pen + glyph.left + column, glyph.top + row)
                    set(x, y, colour, coverage: sheet.bytes[source + column * 3])
                }
            }
            pen += glyph.advance
        }
    }
}
