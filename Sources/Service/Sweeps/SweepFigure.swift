internal import Imaging
internal import Interpretability

/// The heat map of a sweep over two axes.
struct SweepFigure: Sendable {
    let sweep: Sweep
    /// A value a cell, in row-major order.
    let values: [Float]
    let unit: String

    /// Columns are the first axis, as networks are read from left to right; rows the second.
    func picture(title: String) -> TensorAnswer.Picture {
        guard sweep.over.count == 2 else { return .none("a picture shows sweeps over two axes") }
        let names = sweep.over.map { axis in (sweep.chosen[axis] ?? []).map { "\($0)" } }
        let (columns, rows) = (names[0].count, names[1].count)
        let cells = (0..<rows).flatMap { row in
            (0..<columns).map { EmojiCell(value: values[$0 * rows + row], emoji: nil) }
        }
        let chart = LayerPatchChart(
            title: title, streamTitle: sweep.over[0].rawValue, streams: names[0],
            positionTitle: sweep.over[1].rawValue, positions: names[1], cells: cells, scale: .diverging, unit: unit)
        return .drawn { try chart.png() }
    }
}
