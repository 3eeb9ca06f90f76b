public import HookedModels
internal import Tensors

/// Direct logit attribution: which part of the last stream says how much of a metric (Elhage et al. 2021,
/// transformer-circuits.pub/2021/framework; nostalgebraist 2020). Norms are held at the scales they had, so that the parts
/// and a constant add up to the metric, but for rounding.
public struct DirectAttribution: Sendable {
    /// What the stream is parted into.
    public enum Axis: String, Sendable, CaseIterable {
        /// Embedding, positions, and what each layer added.
        case layer
        /// The same with attention and MLP apart.
        case component
        /// Each head.
        case head
        /// Each neuron.
        case neuron
        /// What attention fetched from each position into those that are read; what comes from nowhere else (embedding,
        /// MLPs, biases) counts to the position that is read.
        case position
    }

    /// What it parts the stream into.
    public let axis: Axis
    let reading: MetricReading

    /// - Throws: ``StreamError/refused(_:)`` where nothing adds up: a metric or a pooling that is not linear; heads of
    ///   blocks that normalise what heads add together.
    public init(
        _ metric: Metric, of model: HookedModel, by axis: Axis, norm: StackNorm = .exact, position: Int? = nil
    ) throws(StreamError) {
        reading = try MetricReading(metric, of: model, norm: norm, position: position)
        self.axis = axis
        let architecture = model.architecture
        if axis == .neuron, architecture.isAttentionOnly {
            throw .refused("the model has no neurons: it is attention only", about: .axis)
        }
        if axis == .head || axis == .neuron || axis == .position, architecture.block == .branchNorm,
            architecture.normalization != .none
        {
            throw .refused(
                "the model's blocks normalise what their halves give before they add it (BertBlock), so that a "
                    + "\(axis.rawValue) adds nothing by itself: layer and component do",
                about: .axis)
        }
    }

    /// What the scores' last axis is called; of heads and neurons, it counts.
    public var labels: [String] {
        let layers = model.architecture.layers
        switch axis {
        case .layer: return embeddingLabels + (0..<layers).map { "layer_\($0)" }
        case .component: return embeddingLabels + (0..<layers).flatMap { partLabels($0, attention: true) }
        case .head: return (0..<layers).flatMap { layer in heads.map { "L\(layer)H\($0)" } }
        case .neuron: return (0..<layers).flatMap { layer in neurons.map { "L\(layer)N\($0)" } }
        case .position: return (0..<model.architecture.positions).map { String($0) }
        }
    }

    /// What ``AttributionScores/others`` are.
    public var otherLabels: [String] {
        let layers = 0..<model.architecture.layers
        switch axis {
        case .head: return embeddingLabels + layers.flatMap { partLabels($0, attention: false) } + ["b_O"]
        case .neuron: return embeddingLabels + layers.map { "\($0)_attn_out" } + ["b_out"]
        case .layer, .component, .position: return []
        }
    }

    /// What ``AttributionScores/accumulated`` are.
    public var accumulatedLabels: [String] {
        axis == .layer ? (0..<model.architecture.layers).map { "\($0)_pre" } + ["final_post"] : []
    }

    /// The shape of the scores, for one input.
    public var shape: [Int] {
        switch axis {
        case .layer, .component, .position: [labels.count]
        case .head: [model.architecture.layers, heads.count]
        case .neuron: [model.architecture.layers, neurons.count]
        }
    }

    var model: HookedModel { reading.model }
    var heads: Range<Int> { 0..<model.architecture.heads }
    var neurons: Range<Int> { 0..<model.architecture.neurons }

    private var embeddingLabels: [String] { model.architecture.hasPreNorm ? ["ln_pre"] : ["embed", "pos_embed"] }

    private func partLabels(_ layer: Int, attention: Bool) -> [String] {
        (attention ? ["\(layer)_attn_out"] : []) + (model.architecture.isAttentionOnly ? [] : ["\(layer)_mlp_out"])
    }
}
