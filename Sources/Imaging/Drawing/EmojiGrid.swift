/// A picture with what each of its patches stands for: heat behind, an emoji in the middle. The class token, which lies
/// nowhere in the picture, has a cell of its own above.
///
///     Layer 11                 legend
///     [🐈] CLS  tabby, 8.71     ▒ 9.2
///     ┌──┬──┬──┬──┐            ▒
///     │🐈│🐈│🛋️│🛋️│            ▒ −1.3
///     ├──┼──┼──┼──┤            🐈 tabby   12
///     │🐈│🐈│🐈│🛋️│            🛋️ couch    9
public struct EmojiGrid: Figure {
    /// One picture with its cells; several stand side by side.
    public struct Panel: Sendable {
        /// Written above.
        public var title: String
        /// Cells outside of the grid, with what they are: ("CLS", …).
        public var outside: [(name: String, cell: EmojiCell)]
        /// The patches, row by row.
        public var cells: [EmojiCell]

        /// One picture with its cells.
        public init(title: String = "", outside: [(name: String, cell: EmojiCell)] = [], cells: [EmojiCell]) {
            self.title = title
            self.outside = outside
            self.cells = cells
        }
    }

    /// What the colour behind the emoji tells.
    public enum Heat: Sendable, Equatable {
        /// The value: viridis over all panels' least … greatest.
        case values
        /// The emoji: a colour for each, which makes a segmentation of the picture.
        case emoji
    }

    /// What lies below; stretched over the grid.
    public var picture: Pixels
    /// Rows of patches.
    public let rows: Int
    /// Patches in a row.
    public let columns: Int
    /// From left to right, then in further lines.
    public var panels: [Panel]
    /// What the colours tell.
    public var heat: Heat
    /// Of the heat over the picture.
    public var opacity: Double
    /// What the values are.
    public var unit: String
    /// The longer side of a panel's picture in pixels, at most; `nil` for what suits their number.
    public var side: Int?

    /// - Precondition: at least one panel, each with `rows` × `columns` cells.
    public init(
        picture: Pixels, rows: Int, columns: Int, panels: [Panel], heat: Heat = .values, opacity: Double = 0.6,
        unit: String = "logit", side: Int? = nil
    ) {
        precondition(rows > 0 && columns > 0 && !panels.isEmpty, "\(panels.count) panels of \(rows) × \(columns)")
        precondition(panels.allSatisfy { $0.cells.count == rows * columns }, "cells do not fill \(rows) × \(columns)")
        (self.picture, self.rows, self.columns, self.panels) = (picture, rows, columns, panels)
        (self.heat, self.opacity, self.unit, self.side) = (heat, opacity, unit, side)
    }

    /// Draws it.
    public func draw(limit: Int) throws(FigureError) -> Canvas {
        let plan = Plan(self)
        var canvas = try Self.canvas(width: plan.width, height: plan.height, limit: limit)
        let everything = panels.flatMap { $0.outside.map(\.cell) + $0.cells }
        let (range, kinds) = (ValueRange(everything.lazy.map(\.value)), EmojiKinds(everything))
        let below = scaledPicture(plan)
        var brush = EmojiBrush(side: plan.emoji)
        for (index, panel) in panels.enumerated() {
            let (x, y) = plan.origin(index)
            let fill = { (canvas: inout Canvas, cell: EmojiCell, region: PixelRegion, opacity: Double) in
                fillCell(&canvas, cell, region, opacity, range, kinds)
            }
            canvas.write(panel.title, x: x, y: y, .medium, width: plan.grid.width)
            drawOutside(
                panel, on: &canvas, plan, x: x, y: y + Plan.titleHeight, &brush, fill, { colour($0, range, kinds) })
            let top = y + plan.header
            let region = PixelRegion(x: x, y: top, width: plan.grid.width, height: plan.grid.height)
            canvas.draw(below, in: region)
            for (place, cell) in panel.cells.enumerated() {
                let (row, column) = place.quotientAndRemainder(dividingBy: columns)
                let region = PixelRegion(
                    x: x + column * plan.cell, y: top + row * plan.cell, width: plan.cell, height: plan.cell)
                fill(&canvas, cell, region, opacity)
                cell.sign?.draw(on: &canvas, region, &brush, ink: ink(on: colour(cell, range, kinds)))
            }
            canvas.outline(region, FigureStyle.line)
        }
        drawLegend(on: &canvas, plan, range, kinds)
        return canvas
    }

    private func fillCell(
        _ canvas: inout Canvas, _ cell: EmojiCell, _ region: PixelRegion, _ opacity: Double, _ range: ValueRange,
        _ kinds: EmojiKinds
    ) {
        switch heat {
        case .values where !cell.value.isFinite: canvas.hatch(region, opacity: opacity)
        case .values, .emoji: canvas.fill(region, colour(cell, range, kinds), opacity: opacity)
        }
    }

    private func colour(_ cell: EmojiCell, _ range: ValueRange, _ kinds: EmojiKinds) -> Colour {
        heat == .emoji ? kinds.colour(cell.sign) : ColourMap.viridis(range.share(cell.value))
    }

    /// Of letters over a colour through which the picture may shine.
    private func ink(on colour: Colour) -> Colour { opacity > 0.5 ? colour.ink : Colour(0xFFFFFF) }

    private func drawOutside(
        _ panel: Panel, on canvas: inout Canvas, _ plan: Plan, x: Int, y: Int, _ brush: inout EmojiBrush,
        _ fill: (inout Canvas, EmojiCell, PixelRegion, Double) -> Void, _ colour: (EmojiCell) -> Colour
    ) {
        for (index, (name, cell)) in panel.outside.enumerated() {
            let top = y + index * (plan.cell + 4)
            let region = PixelRegion(x: x, y: top, width: plan.cell, height: plan.cell)
            fill(&canvas, cell, region, 1)
            canvas.outline(region, FigureStyle.line)
            cell.sign?.draw(on: &canvas, region, &brush, ink: colour(cell).ink)
            let words = [name, cell.label, Math.text(cell.value)].filter { !$0.isEmpty }.joined(separator: " · ")
            canvas.write(
                words, x: x + plan.cell + 8, y: top + plan.cell / 2 - 7, .small, FigureStyle.muted,
                width: plan.grid.width - plan.cell - 8)
        }
    }

    /// Larger by repeating pixels; where it has more than there is room for, by their mean.
    private func scaledPicture(_ plan: Plan) -> Pixels {
        let (width, height) = plan.grid
        guard picture.width > width || picture.height > height else { return picture }
        return picture.resized(width: min(width, picture.width), height: min(height, picture.height), .box)
    }

    private func drawLegend(on canvas: inout Canvas, _ plan: Plan, _ range: ValueRange, _ kinds: EmojiKinds) {
        let x = plan.width - Plan.legend - FigureStyle.margin
        var y = FigureStyle.margin + Plan.titleHeight
        if heat == .values {
            ColourBar(map: .viridis, range: range, title: unit)
                .draw(on: &canvas, x: x, y: y, height: Plan.barHeight, width: Plan.legend)
            y += Plan.barHeight + 16
        }
        EmojiLegend(kinds: kinds, hasSwatches: heat == .emoji)
            .draw(on: &canvas, x: x, y: y, width: Plan.legend, height: plan.height - FigureStyle.margin - y)
    }
}

extension EmojiGrid {
    /// Where everything goes.
    struct Plan {
        static let legend = 200
        static let titleHeight = 20
        static let barHeight = 120
        private static let gap = 20
        let cell: Int
        /// An emoji's side: most of a small cell, less of a large one, never larger than it is drawn well.
        let emoji: Int
        let grid: (width: Int, height: Int)
        /// From a panel's top to its picture.
        let header: Int
        let width: Int
        let height: Int
        private let perRow: Int

        init(_ figure: EmojiGrid) {
            let count = figure.panels.count
            let side = figure.side ?? (count == 1 ? 448 : count <= 4 ? 336 : 224)
            let longest = max(figure.rows, figure.columns)
            cell = min(max(min(side, 16_384) / longest, figure.side == nil ? 22 : 4), 448)
            emoji = min(max(cell < 32 ? cell * 3 / 4 : cell * 5 / 8, 4), 96)
            grid = (.saturatingProduct(cell, figure.columns), .saturatingProduct(cell, figure.rows))
            let outside = figure.panels.map(\.outside.count).max() ?? 0
            header = Self.titleHeight + .saturatingProduct(outside, cell + 4) + (outside > 0 ? 4 : 0)
            perRow = min(count, max(1_400 / grid.width, 1))
            let lines = (count + perRow - 1) / perRow
            width = .saturatingSum(
                2 * FigureStyle.margin, .saturatingProduct(perRow, grid.width + Self.gap), Self.legend)
            let panels = Int.saturatingProduct(lines, .saturatingSum(header, grid.height, Self.gap))
            // Never too low for the bar and a few lines of the list.
            height = max(.saturatingSum(2 * FigureStyle.margin - Self.gap, panels), 340)
        }

        func origin(_ index: Int) -> (x: Int, y: Int) {
            let (line, place) = index.quotientAndRemainder(dividingBy: perRow)
            return (
                FigureStyle.margin + place * (grid.width + Self.gap),
                FigureStyle.margin + line * (header + grid.height + Self.gap)
            )
        }
    }
}
