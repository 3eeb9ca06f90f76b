/// Values by stream and position: columns are the streams through the model, rows the positions, each cell with a colour
/// and, where it has one, an emoji or a few letters. Without these it serves any two axes: layers × heads of a patching sweep.
public struct LayerPatchChart: Figure {
    /// How colours are given to values.
    public enum Scale: Sendable, Equatable {
        /// Viridis from the least value to the greatest.
        case sequential
        /// Blue – neutral – red, symmetric about 0.
        case diverging
        /// A colour for each sign.
        case categories
    }

    /// Written on top.
    public var title: String
    /// What the columns are.
    public var streamTitle: String
    /// The columns' names, from left to right.
    public var streams: [String]
    /// What the rows are.
    public var positionTitle: String
    /// The rows' names, from top to bottom.
    public var positions: [String]
    /// Row by row: `cells[position * streams.count + stream]`.
    public var cells: [EmojiCell]
    /// How colours are given to values.
    public var scale: Scale
    /// What the values are.
    public var unit: String
    /// A cell's side in pixels; `nil` for what suits their number.
    public var cellSide: Int?

    /// - Precondition: neither axis is empty, and the cells fill both.
    public init(
        title: String = "", streamTitle: String = "stream", streams: [String], positionTitle: String = "position",
        positions: [String], cells: [EmojiCell], scale: Scale = .sequential, unit: String = "logit",
        cellSide: Int? = nil
    ) {
        precondition(!streams.isEmpty && !positions.isEmpty, "a chart without streams or positions")
        precondition(
            cells.count == streams.count * positions.count,
            "\(cells.count) cells for \(positions.count) positions × \(streams.count) streams")
        (self.title, self.unit, self.scale, self.cellSide) = (title, unit, scale, cellSide)
        (self.streamTitle, self.streams) = (streamTitle, streams)
        (self.positionTitle, self.positions) = (positionTitle, positions)
        self.cells = cells
    }

    /// Draws it.
    public func draw(limit: Int) throws(FigureError) -> Canvas {
        let plan = Plan(self)
        var canvas = try Self.canvas(width: plan.width, height: plan.height, limit: limit)
        let own = ValueRange(cells.lazy.map(\.value))
        let range = scale == .diverging ? own.symmetric : own
        let map = scale == .diverging ? ColourMap.diverging : .viridis
        let kinds = EmojiKinds(cells)
        canvas.write(title, x: FigureStyle.margin, y: 12, .large, width: plan.width - 2 * FigureStyle.margin)
        drawLabels(on: &canvas, plan)
        var brush = EmojiBrush(side: max(plan.cell - 4, 4))
        for (index, cell) in cells.enumerated() {
            let (position, stream) = index.quotientAndRemainder(dividingBy: streams.count)
            let (x, y) = (plan.left + stream * plan.cell, plan.top + position * plan.cell)
            let region = PixelRegion(x: x, y: y, width: plan.cell, height: plan.cell)
            let colour = scale == .categories ? kinds.colour(cell.sign) : map(range.share(cell.value))
            if scale == .categories || cell.value.isFinite {
                canvas.fill(region, colour)
            } else {
                canvas.hatch(region)
            }
            cell.sign?.draw(on: &canvas, region, &brush, ink: colour.ink)
        }
        let bar = scale == .categories ? nil : ColourBar(map: map, range: range, title: unit)
        drawLegend(on: &canvas, plan, bar, kinds)
        return canvas
    }

    private func drawLabels(on canvas: inout Canvas, _ plan: Plan) {
        let line = Lettering.shared.lineHeight(.small)
        // Where cells are lower than letters, only every so many positions have theirs.
        let every = (line + plan.cell - 1) / plan.cell
        for (stream, label) in streams.enumerated() where stream % every == 0 {
            canvas.writeUpwards(
                label, x: plan.left + stream * plan.cell + (plan.cell - line) / 2, y: plan.top - 6, .small,
                FigureStyle.muted, width: plan.above)
        }
        for (position, label) in positions.enumerated() where position % every == 0 {
            canvas.write(
                label, x: plan.left - 6, y: plan.top + position * plan.cell + (plan.cell - line) / 2, .small,
                FigureStyle.muted, alignment: .right, width: plan.beside)
        }
        canvas.write(streamTitle, x: plan.left, y: plan.top - plan.above - 26, .small, width: plan.legendX - plan.left)
        canvas.writeUpwards(
            positionTitle, x: FigureStyle.margin, y: plan.top, .small, alignment: .right,
            width: max(positions.count * plan.cell, 60))
    }

    private func drawLegend(on canvas: inout Canvas, _ plan: Plan, _ bar: ColourBar?, _ kinds: EmojiKinds) {
        bar?.draw(on: &canvas, x: plan.legendX, y: plan.top, height: Plan.barHeight, width: Plan.legend)
        let y = plan.top + (bar == nil ? 0 : Plan.barHeight + 16)
        EmojiLegend(kinds: kinds, hasSwatches: bar == nil)
            .draw(
                on: &canvas, x: plan.legendX, y: y, width: Plan.legend,
                height: plan.height - FigureStyle.margin - y)
    }
}

extension LayerPatchChart {
    /// Where everything goes.
    struct Plan {
        static let legend = 200
        static let barHeight = 160
        let cell: Int
        /// Room for the longest label above the columns and beside the rows.
        let above: Int
        let beside: Int
        let left: Int
        let top: Int
        let legendX: Int
        let width: Int
        let height: Int

        init(_ figure: LayerPatchChart) {
            let longest = max(figure.streams.count, figure.positions.count)
            let hasEmoji = figure.cells.contains { $0.sign != nil }
            let suits = longest <= 24 ? 32 : longest <= 66 ? 24 : hasEmoji ? 18 : longest <= 200 ? 12 : 6
            cell = min(max(figure.cellSide ?? suits, 2), 512)
            above = min(figure.streams.map { Lettering.shared.width(of: $0, .small) }.max() ?? 0, 120)
            beside = min(figure.positions.map { Lettering.shared.width(of: $0, .small) }.max() ?? 0, 160)
            left = FigureStyle.margin + 18 + beside + 8
            top = (figure.title.isEmpty ? 12 : 44) + 20 + above + 6
            legendX = .saturatingSum(left, max(.saturatingProduct(figure.streams.count, cell), 60), 20)
            width = .saturatingSum(legendX, Self.legend, FigureStyle.margin)
            let rows = Int.saturatingProduct(figure.positions.count, cell)
            height = max(
                .saturatingSum(top, rows, FigureStyle.margin), top + Self.barHeight + 16 + (hasEmoji ? 160 : 0))
        }
    }
}
