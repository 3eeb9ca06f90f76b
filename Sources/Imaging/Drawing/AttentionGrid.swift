public import Tensors

/// Layers × heads as small maps: where each head looks. Nearest neighbour, viridis.
///
///              Head 0    Head 1   …
///     Layer 0  ▒▒▒▒▒▒▒   ▒▒▒▒▒▒▒
///     Layer 1  ▒▒▒▒▒▒▒   ▒▒▒▒▒▒▒        [colour bar]
///
/// A map with more cells along a side than pixels shows, in each pixel, the greatest of the cells that lie in it: the
/// thin lines that tell heads apart would vanish in a mean, and by chance in a sample.
public struct AttentionGrid: Figure {
    /// A row of maps.
    public struct Layer: Sendable {
        /// What is written to the left of the row.
        public var label: String
        /// [head, query, key].
        public var maps: Tensor

        /// - Precondition: three axes, none of them empty.
        public init(label: String, maps: Tensor) {
            precondition(maps.rank == 3 && maps.count > 0, "maps \(maps.shape), not [head, query, key]")
            self.label = label
            self.maps = maps
        }
    }

    /// What of a head's [query, key] is drawn.
    public enum Content: Sendable, Equatable {
        /// All of it: a row for each query, a column for each key.
        case matrix
        /// Where one query looks, as the picture's patches lie: keys from `prefix` on fill `rows` × `columns`.
        case patches(query: Int, prefix: Int, rows: Int, columns: Int)
    }

    /// Which values have the darkest and the brightest colour.
    public enum Normalization: Sendable, Equatable {
        /// Each map's own least and greatest.
        case perMap
        /// The least and the greatest of all that is drawn.
        case common
    }

    /// Written on top.
    public var title: String
    /// From top to bottom.
    public var layers: [Layer]
    /// From left to right.
    public var headLabels: [String]
    /// What of each head is drawn.
    public var content: Content
    /// Whether maps share one range of colours.
    public var normalization: Normalization
    /// The side of a map in pixels, at most; `nil` for what lets the grid fit 1,100 pixels.
    public var mapSide: Int?

    /// - Parameter headLabels: "Head 0", "Head 1", … where `nil`.
    /// - Precondition: at least one layer; all of one shape; the labels are as many as the heads; the patches asked for
    ///   are there.
    public init(
        title: String = "", layers: [Layer], headLabels: [String]? = nil, content: Content = .matrix,
        normalization: Normalization = .perMap, mapSide: Int? = nil
    ) {
        precondition(!layers.isEmpty, "an attention grid without layers")
        let shape = layers[0].maps.shape
        precondition(layers.allSatisfy { $0.maps.shape == shape }, "layers of several shapes")
        if case .patches(let query, let prefix, let rows, let columns) = content {
            precondition((0..<shape[1]).contains(query), "query \(query) of \(shape)")
            precondition(
                prefix >= 0 && rows > 0 && columns > 0 && rows <= shape[2] && columns <= shape[2]
                    && prefix + rows * columns <= shape[2], "\(rows) × \(columns) patches after \(prefix) of \(shape)")
        }
        self.title = title
        self.layers = layers
        self.headLabels = headLabels ?? (0..<shape[0]).map { "Head \($0)" }
        precondition(self.headLabels.count == shape[0], "\(self.headLabels.count) labels for \(shape[0]) heads")
        self.content = content
        self.normalization = normalization
        self.mapSide = mapSide
    }

    /// All layers of one tensor [layer, head, query, key], named "Layer 0", "Layer 1", ….
    /// - Precondition: four axes; and as above.
    public init(
        title: String = "", pattern: Tensor, content: Content = .matrix, normalization: Normalization = .perMap
    ) {
        precondition(pattern.rank == 4, "a pattern \(pattern.shape), not [layer, head, query, key]")
        let layers = (0..<pattern.shape[0]).map { layer in
            let maps = pattern.row(layer)
            return Layer(label: "Layer \(layer)", maps: maps)
        }
        self.init(title: title, layers: layers, content: content, normalization: normalization)
    }

    /// Draws it.
    public func draw(limit: Int) throws(FigureError) -> Canvas {
        let plan = Plan(self)
        var canvas = try Self.canvas(width: plan.width, height: plan.height, limit: limit)
        canvas.write(title, x: FigureStyle.margin, y: 12, .large, width: plan.width - 2 * FigureStyle.margin)
        for (head, label) in headLabels.enumerated() {
            canvas.write(
                label, x: plan.left + head * plan.step.x + plan.map.width / 2, y: plan.top - 16, .small,
                FigureStyle.muted, alignment: .centre, width: plan.step.x - 2)
        }
        for (row, layer) in layers.enumerated() {
            canvas.write(
                layer.label, x: plan.left - 8, y: plan.top + row * plan.step.y + plan.map.height / 2 - 7, .small,
                FigureStyle.muted, alignment: .right, width: plan.left - FigureStyle.margin - 8)
        }
        let (range, greatest) = drawMaps(on: &canvas, plan)
        drawLegend(on: &canvas, plan, range, greatest)
        return canvas
    }

    /// - Returns: the range of everything, and where its greatest value is.
    private func drawMaps(on canvas: inout Canvas, _ plan: Plan) -> (ValueRange, (layer: Int, head: Int)) {
        var maps: [[PooledMap]] = []
        var range = ValueRange()
        var greatest = (layer: 0, head: 0)
        for (row, layer) in layers.enumerated() {
            let pooled = PooledMap.all(of: layer.maps, content, pixels: plan.cells)
            for (head, map) in pooled.enumerated() {
                if map.range.greatest > range.greatest { greatest = (row, head) }
                range.add(map.range)
            }
            maps.append(pooled)
        }
        for (row, layer) in maps.enumerated() {
            for (head, map) in layer.enumerated() {
                let region = PixelRegion(
                    x: plan.left + head * plan.step.x, y: plan.top + row * plan.step.y, width: plan.map.width,
                    height: plan.map.height)
                map.draw(on: &canvas, in: region, normalization == .common ? range : map.range)
            }
        }
        return (range, greatest)
    }

    private func drawLegend(
        on canvas: inout Canvas, _ plan: Plan, _ range: ValueRange, _ greatest: (layer: Int, head: Int)
    ) {
        let x = plan.width - Plan.legend
        let bar = ColourBar(
            map: .viridis, range: normalization == .common ? range : ValueRange([0, 1]),
            title: normalization == .common ? "attention" : "of each map")
        var y = plan.top
        if normalization == .common {
            bar.draw(on: &canvas, x: x, y: y, height: 160, width: Plan.legend - 8)
            y += 172
        } else {
            y = perMapLegend(on: &canvas, x: x, y: y) + 12
        }
        let width = Plan.legend - 8
        canvas.write("greatest value", x: x, y: y, .small, FigureStyle.muted, width: width)
        if range.isEmpty {
            canvas.write("none", x: x, y: y + 15, .medium, width: width)
        } else {
            canvas.write(Math.text(range.greatest), x: x, y: y + 15, .medium, width: width)
            canvas.write(layers[greatest.layer].label + ",", x: x, y: y + 34, .small, FigureStyle.muted, width: width)
            canvas.write(headLabels[greatest.head], x: x, y: y + 48, .small, FigureStyle.muted, width: width)
        }
    }

    /// Where each map has its own scale, the bar's ends are words. - Returns: the bar's lower edge.
    private func perMapLegend(on canvas: inout Canvas, x: Int, y: Int) -> Int {
        canvas.write("each map's own", x: x, y: y, .small, FigureStyle.muted, width: Plan.legend - 8)
        let top = y + 17
        for row in 0..<120 {
            canvas.fill(
                PixelRegion(x: x, y: top + row, width: ColourBar.barWidth, height: 1),
                ColourMap.viridis(1 - Float(row) / 119))
        }
        canvas.write("greatest", x: x + ColourBar.barWidth + 6, y: top, .small, width: Plan.legend - 28)
        canvas.write("least", x: x + ColourBar.barWidth + 6, y: top + 107, .small, width: Plan.legend - 28)
        return top + 120
    }
}
