internal import HookedModels
internal import Imaging
internal import Interpretability

/// A heat map of one input's scores, symmetric about 0: layer × head, layer × position, the patches as they lie in the
/// picture, or parts in a row.
struct AttributionFigure {
    let title: String
    let axis: AttributionAxis
    let labels: [String]
    let unit: String
    let architecture: Architecture

    /// - Parameters:
    ///   - scores: of each input, in row-major order.
    ///   - shape: for one input.
    func picture(_ scores: [[Float]], _ shape: [Int]) -> TensorAnswer.Picture {
        guard let values = scores.first, scores.count == 1 else {
            return .none("a picture shows one input, and the request has \(scores.count)")
        }
        let counted = { (count: Int) in (0..<count).map { "\($0)" } }
        switch axis {
        case .neuron: return .none("neurons are too many for a picture")
        case .edge: return .none("edges are too many for a picture")
        case .head:
            return chart(values, columns: ("head", counted(shape[1])), rows: ("layer", counted(shape[0])))
        case .layer, .component: return chart(values, columns: (axis.rawValue, labels), rows: ("", [""]))
        case .position where shape.count == 2:
            return chart(values, columns: ("position", counted(shape[1])), rows: ("layer", counted(shape[0])))
        case .position:
            let grid = architecture.grid
            return chart(
                Array(values.suffix(architecture.patches)), columns: ("column of patches", counted(grid.width)),
                rows: ("row", counted(grid.height)))
        }
    }

    /// - Parameter values: row by row.
    private func chart(
        _ values: [Float], columns: (title: String, names: [String]), rows: (title: String, names: [String])
    ) -> TensorAnswer.Picture {
        let chart = LayerPatchChart(
            title: title, streamTitle: columns.title, streams: columns.names, positionTitle: rows.title,
            positions: rows.names, cells: values.map { EmojiCell(value: $0) }, scale: .diverging, unit: unit)
        return .drawn { try chart.png() }
    }
}
