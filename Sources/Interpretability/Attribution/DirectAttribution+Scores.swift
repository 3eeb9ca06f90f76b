internal import HookedModels
internal import Tensors

extension DirectAttribution {
    /// The scores of each input.
    /// - Parameter activations: of ``captures``, or of more.
    /// - Throws: where an activation or a position was not recorded.
    public func callAsFunction(_ activations: RecordedActivations) throws(StreamError) -> [AttributionScores] {
        let streams = try ResidualDecomposition(activations, positions: reading.positions)
        let outputs = try reading.outputs(streams)
        let scales = try reading.scales(streams, outputs)
        let reader = StreamReader(readout: reading.readout, factors: scales.map(\.places))
        let parts: Parts
        switch axis {
        case .layer, .component: parts = try components(streams, reader)
        case .head: parts = try heads(streams, reader)
        case .neuron: parts = try neurons(streams, reader)
        case .position: parts = try sources(streams, reader)
        }
        return outputs.indices.map { input in
            let (scores, others) = (parts.scores[input], parts.others[input])
            return AttributionScores(
                scores: Tensor(shape: [1] + shape, elements: scores.map { Float($0) }), others: others,
                sum: scores.reduce(0, +) + others.reduce(0, +), constant: scales[input].constant,
                value: reading.metric(outputs[input].shown),
                accumulated: parts.accumulated.isEmpty ? [] : parts.accumulated[input])
        }
    }

    /// Of all inputs: [input][score], [input][other], [input][layer].
    struct Parts {
        var scores: [[Double]]
        var others: [[Double]]
        var accumulated: [[Double]] = []
    }
}
