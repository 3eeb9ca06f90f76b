public import Tensors

/// What each part of one input's stream adds to a metric, with the account of it.
public struct AttributionScores: Sendable {
    /// [1, component], [1, layer, head], [1, layer, neuron] or [1, position].
    public let scores: Tensor
    /// What else is in the stream, where the scores are not all of it; in the order of their labels.
    public let others: [Double]
    /// Scores and others, in float64.
    public let sum: Double
    /// What head and norms add whatever the stream is.
    public let constant: Double
    /// The metric itself, of the model's own output.
    public let value: Double
    /// By layer: the metric read off the stream before each, without the constant; else empty.
    public let accumulated: [Double]

    /// What the parts do not account for: rounding, unless the norm is not carried over exactly.
    public var residue: Double { value - sum - constant }
}
