public import HookedModels
public import Tensors

/// A linear metric of one model, read off recorded streams: with the scales that each input's norms had.
public struct MetricReading: Sendable {
    let model: HookedModel
    let metric: Metric
    let readout: LinearReadout
    /// Where the stream is read in place of where the model's pooling does.
    private let position: Int?

    /// - Parameter position: reads the stream there, through final norm and head.
    /// - Throws: ``StreamError/refused(_:about:)`` for a metric or a model that is not linear in its last stream.
    public init(
        _ metric: Metric, of model: HookedModel, norm: StackNorm = .exact, position: Int? = nil
    ) throws(StreamError) {
        self.init(
            metric, of: model, try LinearReadout(metric, of: model, norm: norm, position: position), position: position)
    }

    private init(_ metric: Metric, of model: HookedModel, _ readout: LinearReadout, position: Int?) {
        (self.model, self.readout, self.position) = (model, readout, position)
        // A row that is read by itself is no row of the output.
        self.metric =
            position == nil ? metric : Metric(metric.kind, classes: metric.classes, reading: metric.reading)
    }

    /// The same at another position. - Precondition: this one reads a position by itself.
    public func moved(to position: Int) -> MetricReading {
        precondition(self.position != nil, "a reading of what the model pools cannot be moved")
        return MetricReading(metric, of: model, readout.moved(to: position), position: position)
    }

    /// Where the streams are read.
    public var positions: [Int] { readout.positions }

    /// Whether the last stream has to be recorded, for the sake of its scale or of what it gives by itself.
    var needsLastStream: Bool { readout.hasPooledNorm || position != nil }

    /// Whether the model's own output has to be.
    var needsOutput: Bool { position == nil }

    /// TransformerLens' `logit_attrs`: what each part of a stack adds to the metric, norms held at their scales.
    /// - Parameters:
    ///   - stack: parts of the last stream, as they are, at ``positions``.
    ///   - streams: what they were taken from, at the same positions.
    /// - Returns: [component, input], and what head and norms add whatever the parts are, of each input.
    public func logitAttrs(
        of stack: ComponentStack, in streams: ResidualDecomposition
    ) throws(StreamError) -> (scores: Tensor, constants: [Double]) {
        let outputs = readout.dividesByLength ? try outputs(streams) : nil
        let scales = try scales(streams, outputs)
        let reader = StreamReader(readout: readout, factors: scales.map(\.places))
        let scores = stack.parts.flatMap { part in (0..<part.shape[0]).flatMap { reader(part.row($0)) } }
        return (
            Tensor(shape: [stack.labels.count, scales.count], elements: scores.map { Float($0) }),
            scales.map(\.constant)
        )
    }

    /// What the model says of one input, and its length before it is brought to 1.
    struct Output {
        let shown: Tensor
        let length: Double
    }

    /// The model's own output; where a position is read by itself, what final norm and head make of it.
    func outputs(_ streams: ResidualDecomposition) throws(StreamError) -> [Output] {
        let rows: [Tensor]
        if position == nil {
            let output = try streams.activations.tensor(.postHead, nil, model.architecture.outputShape)
            rows = (0..<output.shape[0]).map { output.row($0) }
        } else {
            let last = try streams.values(.residPost, model.architecture.layers - 1)
            let normal = model.finalNormalized(last)
            let output =
                model.weight(named: "head.W_H") == nil ? normal : model.unembedded(normal, addingBias: true)
            rows = (0..<output.shape[0]).map { output.row($0).squeezed() }
        }
        return rows.map { row in
            let read = metric.position.map { row.row($0) } ?? row
            let length = read.elements.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            return Output(
                shown: model.architecture.normalizesOutput ? row.withUnitRows() : row, length: max(length, 1e-12))
        }
    }

    /// What each read position of each input is multiplied with, and what is added.
    /// - Parameter outputs: needed where they are directions.
    func scales(
        _ streams: ResidualDecomposition, _ outputs: [Output]?
    ) throws(StreamError) -> [(places: [Double], constant: Double)] {
        let finals = readout.hasFinalNorm ? try streams.values(.lnFinalScale, nil, [1]) : nil
        let last = readout.hasPooledNorm ? try streams.values(.residPost, model.architecture.layers - 1) : nil
        return (0..<(streams.activations.inputs ?? 0)).map { input in
            let final = finals.map { $0.row(input).elements.map(Double.init) }
            return readout.factors(
                finalScale: final, pooledScale: last.map { pooledScale($0.row(input), final) },
                length: readout.dividesByLength ? outputs?[input].length : nil)
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
