internal import HookedModels
internal import Imaging
internal import Interpretability
internal import Tensors

extension DirectReading {
    /// A heat map of one input's scores, symmetric about 0: layer × head, the patches as they lie in the picture, or the
    /// components in a row.
    func picture(_ scores: [AttributionScores]) -> TensorAnswer.Picture {
        guard let only = scores.first, scores.count == 1 else {
            return .none("a picture shows one input, and the request has \(scores.count)")
        }
        let values = only.scores.elements
        let architecture = model.architecture
        switch wish.axis {
        case .neuron: return .none("neurons are too many for a picture")
        case .head:
            return chart(
                values, columns: ("head", Array(0..<architecture.heads).map { "\($0)" }),
                rows: ("layer", Array(0..<architecture.layers).map { "\($0)" }))
        case .layer, .component:
            return chart(values, columns: (wish.axis.rawValue, attribution.labels), rows: ("", [""]))
        case .position:
            let (patches, grid) = (Array(values.suffix(architecture.patches)), architecture.grid)
            return chart(
                patches, columns: ("column of patches", Array(0..<grid.width).map { "\($0)" }),
                rows: ("row", Array(0..<grid.height).map { "\($0)" }))
        }
    }

    /// - Parameter values: row by row.
    private func chart(
        _ values: [Float], columns: (title: String, names: [String]), rows: (title: String, names: [String])
    ) -> TensorAnswer.Picture {
        let chart = LayerPatchChart(
            title: "Direct attribution", streamTitle: columns.title, streams: columns.names,
            positionTitle: rows.title, positions: rows.names, cells: values.map { EmojiCell(value: $0) },
            scale: .diverging, unit: wish.metric.kind.rawValue.replacing("_", with: " "))
        return .drawn { try chart.png() }
    }
}
