internal import Tensors

extension AttentionGrid {
    /// Where everything goes.
    struct Plan {
        static let legend = 116
        /// Pixels of a map, and what it is made of after cells that are too many were pooled.
        let map: (width: Int, height: Int)
        let cells: (columns: Int, rows: Int)
        /// From one map to the next.
        let step: (x: Int, y: Int)
        let left: Int
        let top: Int
        let width: Int
        let height: Int

        init(_ figure: AttentionGrid) {
            let shape = figure.layers[0].maps.shape
            let (columns, rows) =
                switch figure.content {
                case .matrix: (shape[2], shape[1])
                case .patches(_, _, let rows, let columns): (columns, rows)
                }
            let side =
                figure.mapSide.map { min(max($0, 4), 16_384) } ?? Self.side(for: max(shape[0], figure.layers.count))
            // A whole number of pixels a cell, or of cells pooled into a pixel each.
            let scale = side / max(columns, rows)
            if scale >= 1 {
                cells = (columns, rows)
                map = (columns * scale, rows * scale)
            } else {
                let longest = max(columns, rows)
                cells = (max(columns * side / longest, 1), max(rows * side / longest, 1))
                map = (cells.columns, cells.rows)
            }
            let labels = figure.layers.map { Lettering.shared.width(of: $0.label, .small) }.max() ?? 0
            let heads = figure.headLabels.map { Lettering.shared.width(of: $0, .small) }.max() ?? 0
            left = FigureStyle.margin + min(labels, 120) + 8
            top = (figure.title.isEmpty ? 8 : 44) + 20
            step = (max(map.width, min(heads, 80)) + 6, max(map.height, 12) + 6)
            width = .saturatingSum(left, .saturatingProduct(shape[0], step.x), 14, Self.legend)
            height = max(
                .saturatingSum(top, .saturatingProduct(figure.layers.count, step.y), FigureStyle.margin), top + 240)
        }

        /// Few maps are drawn large, many small: twelve a row take some 1,000 pixels with labels and legend.
        private static func side(for count: Int) -> Int { min(max(936 / count - 6, 24), 220) }
    }
}
