internal import HookedModels
internal import Tensors

extension DirectAttribution {
    /// The scores of each input.
    /// - Parameter activations: of ``captures``, or of more.
    /// - Throws: where an activation or a position was not recorded.
    public func callAsFunction(
        _ activations: RecordedActivations
    ) throws(StreamError) -> [AttributionScores] {
        let streams = try ResidualDecomposition(activations, positions: readout.positions)
        let outputs = try outputs(streams)
        let scales = try readScales(streams, outputs)
        let reader = StreamReader(readout: readout, factors: scales.map(\.places))
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
                value: metric(outputs[input].shown),
                accumulated: parts.accumulated.isEmpty ? [] : parts.accumulated[input])
        }
    }

    /// Of all inputs: [input][score], [input][other], [input][layer].
    struct Parts {
        var scores: [[Double]]
        var others: [[Double]]
        var accumulated: [[Double]] = []
    }

    /// What the model says of one input, and its length before it is brought to 1.
    private struct Output {
        let shown: Tensor
        let length: Double
    }

    /// The model's own output; where a position is read by itself, what final norm and head make of it.
    private func outputs(_ streams: ResidualDecomposition) throws(StreamError) -> [Output] {
        let rows: [Tensor]
        if position == nil {
            let output = try streams.activations.tensor(.postHead, nil, model.architecture.outputShape)
            rows = (0..<output.shape[0]).map { output.row($0) }
        } else {
            let last = try streams.values(.residPost, model.architecture.layers - 1)
            let normal = model.finalNormalized(last)
            let output = model.weight(named: "head.W_H") == nil ? normal : model.unembedded(normal, addingBias: true)
            rows = (0..<output.shape[0]).map { output.row($0).squeezed() }
        }
        return rows.map { row in
            let read = metric.position.map { row.row($0) } ?? row
            let length = read.elements.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            return Output(
                shown: model.architecture.normalizesOutput ? row.withUnitRows() : row, length: max(length, 1e-12))
        }
    }

    private func readScales(
        _ streams: ResidualDecomposition, _ outputs: [Output]
    ) throws(StreamError) -> [(places: [Double], constant: Double)] {
        let finals = readout.hasFinalNorm ? try streams.values(.lnFinalScale, nil, [1]) : nil
        let last = readout.hasPooledNorm ? try streams.values(.residPost, model.architecture.layers - 1) : nil
        return outputs.enumerated().map { input, output in
            let final = finals.map { $0.row(input).elements.map(Double.init) }
            return readout.factors(
                finalScale: final, pooledScale: last.map { pooledScale($0.row(input), final) },
                length: readout.dividesByLength ? output.length : nil)
        }
    }

    /// √(variance + eps) of what pooling gives of one input's stream, [read position, d_model].
    private func pooledScale(_ stream: Tensor, _ finalScale: [Double]?) -> Double {
        let width = model.architecture.width
        let (weight, bias) = (model.weight(named: "ln_final.w")?.tensor(), model.weight(named: "ln_final.b")?.tensor())
        var pooled = [Double](repeating: 0, count: width * readout.directions.count)
        for (index, place) in readout.places.enumerated() {
            var row = stream.row(index).elements.map(Double.init)
            if let scale = finalScale?[index] {
                let mean = row.reduce(0, +) / Double(width)
                row = row.map { ($0 - mean) / scale }
                if let weight, let bias {
                    for index in row.indices { row[index] = row[index] * Double(weight[index]) + Double(bias[index]) }
                }
            }
            for (index, value) in row.enumerated() { pooled[place.slice * width + index] += place.weight * value }
        }
        let mean = pooled.reduce(0, +) / Double(pooled.count)
        let variance = pooled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(pooled.count)
        return (variance + Double(model.architecture.eps)).squareRoot()
    }
}
