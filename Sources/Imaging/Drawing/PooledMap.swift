internal import Tensors

/// A head's map as it is drawn: at most as many cells as there are pixels, and the range of the values before pooling.
struct PooledMap {
    let columns: Int
    let rows: Int
    /// Row by row; −∞ where there is no finite value.
    let values: [Float]
    let range: ValueRange

    /// The maps of all heads.
    /// - Parameter maps: [head, query, key].
    static func all(of maps: Tensor, _ content: AttentionGrid.Content, pixels: (columns: Int, rows: Int)) -> [PooledMap]
    {
        let (heads, queries, keys) = (maps.shape[0], maps.shape[1], maps.shape[2])
        return maps.withSpan { span in
            (0..<heads).map { head in
                switch content {
                case .matrix:
                    PooledMap(
                        span, from: head * queries * keys, columns: keys, rows: queries, into: pixels.columns,
                        pixels.rows)
                case .patches(let query, let prefix, let rows, let columns):
                    PooledMap(
                        span, from: (head * queries + query) * keys + prefix, columns: columns, rows: rows,
                        into: pixels.columns, pixels.rows)
                }
            }
        }
    }

    private init(_ span: Span<Float>, from start: Int, columns: Int, rows: Int, into width: Int, _ height: Int) {
        let targets = (0..<columns).map { $0 * width / columns }
        var pooled = [Float](repeating: -.infinity, count: width * height)
        var range = ValueRange()
        for row in 0..<rows {
            let source = start + row * columns
            let target = row * height / rows * width
            for column in 0..<columns {
                let value = span[source + column]
                range.add(value)
                if value > pooled[target + targets[column]] && value < .infinity {
                    pooled[target + targets[column]] = value
                }
            }
        }
        (self.columns, self.rows, values, self.range) = (width, height, pooled, range)
    }

    /// Draws it, each cell as a rectangle of pixels.
    func draw(on canvas: inout Canvas, in region: PixelRegion, _ range: ValueRange) {
        let map = ColourMap.viridis
        let (width, height) = (region.columns.count / columns, region.rows.count / rows)
        let stride = canvas.width * 3
        canvas.withBytes { bytes in
            for row in 0..<rows {
                let start = (region.rows.lowerBound + row * height) * stride + region.columns.lowerBound * 3
                for column in 0..<columns {
                    let colour = map(range.share(values[row * columns + column]))
                    for y in 0..<height {
                        for x in 0..<width {
                            let target = start + y * stride + (column * width + x) * 3
                            bytes[target] = colour.red
                            bytes[target + 1] = colour.green
                            bytes[target + 2] = colour.blue
                        }
                    }
                }
            }
        }
    }
}
