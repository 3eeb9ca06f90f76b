public import HookedModels
public import Tensors

/// A residual stream taken apart into what was added to it on its way (Elhage et al. 2021,
/// transformer-circuits.pub/2021/framework): ViT-Prisma's operations on an `ActivationCache`.
///
/// All stacks are [component, input, position, d_model]. A `layer` is where the stream is read: it enters that layer, or,
/// with `nil`, −1 or n_layers, it has left the last one. In a block that normalises what its halves give (BertBlock), a
/// component is what is added, after that norm.
public struct ResidualDecomposition: Sendable {
    /// What a decomposition names of each layer.
    public enum Mode: String, Sendable, CaseIterable {
        case all
        case attn
        case mlp
    }

    /// What is taken apart.
    public let activations: RecordedActivations
    /// Places among the recorded positions; `nil` for all of them.
    let places: [Int]?

    /// - Parameter positions: which of the model's positions are looked at; `nil` for all that were recorded.
    public init(_ activations: RecordedActivations, positions: [Int]? = nil) throws(StreamError) {
        self.activations = activations
        guard let positions else {
            places = nil
            return
        }
        var places: [Int] = []
        for position in positions { places.append(try activations.place(of: position)) }
        self.places = places
    }

    var model: HookedModel { activations.model }
    var architecture: Architecture { model.architecture }

    /// The streams themselves, layer by layer: `0_pre`, `1_pre`, … `final_post`, with `0_mid` … between where they are
    /// wanted.
    /// - Parameters:
    ///   - includesMid: the stream between attention and MLP too, of the layers before `layer`.
    ///   - mlpInput: ends with what enters the MLP of `layer`.
    public func accumulatedResid(
        layer: Int? = nil, includesMid: Bool = false, mlpInput: Bool = false
    ) throws(StreamError) -> ComponentStack {
        let end = try resolved(layer, mlpInput: mlpInput)
        var stack = try emptyStack(entering: end)
        for layer in 0...end {
            let label = layer == architecture.layers ? "final_post" : "\(layer)_pre"
            stack.append(label, try stream(entering: layer))
            if (includesMid && layer < end && !architecture.isAttentionOnly) || (mlpInput && layer == end) {
                stack.append("\(layer)_mid", try values(.residMid, layer))
            }
        }
        return stack
    }

    /// What was added before `layer`: embedding and positions (one `ln_pre` where a norm follows them), then what each
    /// attention and MLP gave. With all of them, the parts add up to the stream.
    /// - Parameters:
    ///   - mlpInput: with the attention of `layer` itself.
    ///   - mode: only what attentions, or only what MLPs gave.
    public func decomposeResid(
        layer: Int? = nil, mlpInput: Bool = false, mode: Mode = .all, includesEmbeddings: Bool = true
    ) throws(StreamError) -> ComponentStack {
        let end = try resolved(layer, mlpInput: mlpInput)
        var stack = try emptyStack(entering: end)
        if includesEmbeddings {
            for part in try embeddings() { stack.append(part.label, part.values) }
        }
        for layer in 0..<end {
            if mode != .mlp { stack.append("\(layer)_attn_out", try addedByAttention(layer)) }
            if mode != .attn, !architecture.isAttentionOnly {
                stack.append("\(layer)_mlp_out", try addedByMLP(layer))
            }
        }
        if mlpInput, mode != .mlp { stack.append("\(end)_attn_out", try addedByAttention(end)) }
        return stack
    }

    /// One activation of every layer before `layer`: [layer, input, …] without any slice.
    public func stackActivation(_ site: Site, layer: Int? = nil) throws(StreamError) -> Tensor {
        let end = try resolved(layer, mlpInput: false)
        guard site.isInBlock else {
            throw .refused("\(site.rawValue) is not of the blocks, so there is one alone", about: .hook)
        }
        guard end > 0 else { throw .refused("no layer comes before layer 0", about: .layer) }
        var rows: [Tensor] = []
        for layer in 0..<end {
            let row = try activations.whole(site, layer)
            if let first = rows.first, first.shape.dropFirst() != row.shape[...] {
                let name = HookPoint(site, layer: layer).name
                throw .partial(
                    hook: name, shape: Array(row.shape.dropFirst()), expected: Array(first.shape.dropFirst(2)))
            }
            rows.append(row.unsqueezed())
        }
        return Tensor.concatenated(rows)
    }

    /// The number of a layer from 0 to n_layers.
    public func resolved(_ layer: Int?, mlpInput: Bool) throws(StreamError) -> Int {
        let layers = architecture.layers
        guard let layer, layer != -1 else {
            if mlpInput { throw .refused("mlp_input needs a layer: nothing follows the last stream", about: .mlpInput) }
            return layers
        }
        guard (0...layers).contains(layer) else { throw .layerOutOfRange(layer, layers: layers) }
        if mlpInput, layer == layers {
            throw .refused("mlp_input needs a layer: nothing follows the last stream", about: .mlpInput)
        }
        if mlpInput, architecture.isAttentionOnly {
            throw .refused("the model has no MLP whose input could be read", about: .mlpInput)
        }
        return layer
    }
}

extension ResidualDecomposition {
    /// A stack without parts, as wide as the stream.
    func emptyStack(entering layer: Int) throws(StreamError) -> ComponentStack {
        ComponentStack(inner: [try inputs(), places?.count ?? activations.positions.count, architecture.width])
    }

    /// How many inputs were recorded.
    private func inputs() throws(StreamError) -> Int {
        guard let count = activations.inputs else { throw .missing(hook: "blocks.0.\(Site.residPre.rawValue)") }
        return count
    }

    /// An activation [input, position, trailing] at the positions that are looked at.
    func values(_ site: Site, _ layer: Int?, _ trailing: [Int]) throws(StreamError) -> Tensor {
        let whole = try activations.tensor(site, layer, [activations.positions.count] + trailing)
        return places.map { whole.gathered(axis: 1, $0) } ?? whole
    }

    /// One of d_model.
    func values(_ site: Site, _ layer: Int? = nil) throws(StreamError) -> Tensor {
        try values(site, layer, [architecture.width])
    }

    /// What enters a layer; what left the last one for n_layers.
    func stream(entering layer: Int) throws(StreamError) -> Tensor {
        if layer < architecture.layers, layer == 0 || activations.has(.residPre, layer) {
            return try values(.residPre, layer)
        }
        return try values(.residPost, layer - 1)
    }

    /// What the attention of a layer added to the stream.
    func addedByAttention(_ layer: Int) throws(StreamError) -> Tensor {
        try values(normalizesBranches ? .ln1Normalized : .attnOut, layer)
    }

    /// What the MLP of a layer added to the stream.
    func addedByMLP(_ layer: Int) throws(StreamError) -> Tensor {
        try values(normalizesBranches ? .ln2Normalized : .mlpOut, layer)
    }

    /// Whether what a half of a block gives goes through a norm before it is added.
    var normalizesBranches: Bool { architecture.block == .branchNorm && architecture.normalization != .none }

    /// - Throws: for a model whose heads and neurons do not add to the stream by themselves.
    func refuseBranchNorm(_ what: String) throws(StreamError) {
        guard normalizesBranches else { return }
        throw .refused(
            "the model's blocks normalise what their halves give before they add it (BertBlock), so \(what)",
            about: .analysis)
    }
}
