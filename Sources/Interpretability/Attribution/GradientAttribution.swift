public import HookedModels
public import Tensors

/// What first-order effects say of each place of a network: Σ gradient · difference over the place's elements.
///
/// The difference is that of two runs in attribution patching (Nanda 2023, neelnanda.io/attribution-patching; Syed et al.
/// 2023, arXiv:2310.10348), which estimates what patching each place by itself would do; or the activation itself in
/// gradient × activation. Places lie behind each other, so their scores do not add up to a whole.
public struct GradientAttribution: Sendable {
    /// What it tells apart; no ``AttributionAxis/edge``.
    public let axis: AttributionAxis
    let model: HookedModel
    /// Where, by layer; `nil` for what the stream is made of.
    let site: SweepSite?

    /// - Parameter site: for layers, heads, neurons or positions of one kind of hook; unless given, what each layer adds to
    ///   the stream, `z`, `post` and `resid_pre`.
    /// - Throws: ``StreamError/refused(_:about:)`` for what the model or the hook does not have.
    public init(of model: HookedModel, by axis: AttributionAxis, site: SweepSite? = nil) throws(StreamError) {
        self.axis = axis
        self.model = model
        let usual: [AttributionAxis: SweepSite] = [.head: .z, .neuron: .post, .position: .residPre]
        self.site = site ?? usual[axis]
        if axis == .component || axis == .edge, site != nil {
            throw .refused("a \(axis.rawValue) is no part of one hook: leave \"site\" out", about: .hook)
        }
        guard let own = self.site else { return }
        let wanted: [AttributionAxis: SweepAxis] = [.head: .head, .neuron: .neuron, .position: .position]
        if let part = wanted[axis], !own.axes.contains(part) {
            throw .refused("\(own.rawValue) has no \(axis.rawValue)s", about: .hook)
        }
        let ofMLP: [SweepSite] = [.residMid, .mlpOut, .post]
        if model.architecture.isAttentionOnly, ofMLP.contains(own) {
            throw .refused("the model has no \(own.rawValue): it is attention only", about: site == nil ? .axis : .hook)
        }
    }

    /// Hooks whose activations and gradients it needs.
    public var hooks: [String] {
        let layers = 0..<model.architecture.layers
        guard let site else {
            let start = model.architecture.hasPreNorm ? [HookPoint(.lnPre)] : [HookPoint(.posEmbed), .init(.fullEmbed)]
            return (start + layers.flatMap { layer in halves.map { HookPoint($0, layer: layer) } }).map(\.name)
        }
        return layers.map { HookPoint(site.site, layer: $0).name }
    }

    /// Flags without which they do not exist.
    public var flags: HookFlags { HookFlags(useAttnResult: site == .result) }

    /// What a block adds to the stream, in order.
    private var halves: [Site] {
        let architecture = model.architecture
        let isBranchNorm = architecture.block == .branchNorm && architecture.normalization != .none
        let attention: Site = isBranchNorm ? .ln1Normalized : .attnOut
        return architecture.isAttentionOnly ? [attention] : [attention, isBranchNorm ? .ln2Normalized : .mlpOut]
    }

    /// The shape of the scores, for one input.
    public var shape: [Int] {
        let architecture = model.architecture
        switch axis {
        case .layer, .component, .edge: return [labels.count]
        case .head: return [architecture.layers, architecture.heads]
        case .neuron: return [architecture.layers, architecture.neurons]
        case .position: return [architecture.layers, architecture.positions]
        }
    }

    /// What each score is of, in row-major order.
    public var labels: [String] {
        let architecture = model.architecture
        let layers = 0..<architecture.layers
        let start = architecture.hasPreNorm ? ["ln_pre"] : ["embed", "pos_embed"]
        let parts = architecture.isAttentionOnly ? ["attn_out"] : ["attn_out", "mlp_out"]
        let name = site?.rawValue ?? ""
        switch axis {
        case .layer where site == nil: return start + layers.map { "layer_\($0)" }
        case .layer: return layers.map { "\($0)_\(name)" }
        case .component, .edge: return start + layers.flatMap { layer in parts.map { "\(layer)_\($0)" } }
        case .head: return layers.flatMap { layer in (0..<architecture.heads).map { "L\(layer)H\($0)" } }
        case .neuron: return layers.flatMap { layer in (0..<architecture.neurons).map { "L\(layer)N\($0)" } }
        case .position: return layers.flatMap { layer in (0..<architecture.positions).map { "L\(layer)P\($0)" } }
        }
    }

    /// The scores of one input, in float64, as ``shape`` has them.
    /// - Parameters:
    ///   - differences: of each of ``hooks`` the change, [...] without a first axis.
    ///   - gradients: the same of the gradients.
    public func scores(_ differences: [String: Tensor], _ gradients: [String: Tensor]) throws(StreamError) -> [Double] {
        func product(_ name: String, keeping axis: Int? = nil) throws(StreamError) -> [Double] {
            guard let difference = differences[name], let gradient = gradients[name] else { throw .missing(hook: name) }
            return difference.products(with: gradient, keeping: axis)
        }
        if let site {
            var scores: [Double] = []
            for layer in 0..<model.architecture.layers {
                scores += try product(HookPoint(site.site, layer: layer).name, keeping: keptAxis(of: site))
            }
            return scores
        }
        var sums: [Double] = []
        for name in hooks { sums.append(try product(name)[0]) }
        let start = model.architecture.hasPreNorm ? 1 : 2
        // What entered the stream besides the positions, the tokens before the patches included.
        if start == 2 { sums.replaceSubrange(0..<2, with: [sums[1] - sums[0], sums[0]]) }
        guard axis == .layer else { return sums }
        let parts = halves.count
        return sums.prefix(start)
            + (0..<model.architecture.layers).map { layer in
                sums[(start + layer * parts)..<(start + (layer + 1) * parts)].reduce(0, +)
            }
    }

    /// Of an activation without a first axis, the one that scores keep.
    private func keptAxis(of site: SweepSite) -> Int? {
        switch axis {
        case .head: site == .pattern ? 0 : 1
        case .neuron: 1
        case .position: site == .pattern ? 1 : 0
        case .layer, .component, .edge: nil
        }
    }
}

extension Tensor {
    /// Σ x · y over all axes but one, in float64: one number for each of its indices, or one in all.
    func products(with other: Tensor, keeping axis: Int?) -> [Double] {
        precondition(shape == other.shape, "\(shape) and \(other.shape) differ")
        let extent = axis.map { shape[$0] } ?? 1
        let inner = axis.map { shape[($0 + 1)...].reduce(1, *) } ?? count
        var sums = [Double](repeating: 0, count: extent)
        withSpan { x in
            other.withSpan { y in
                for start in stride(from: 0, to: count, by: inner) {
                    var sum = 0.0
                    for index in start..<(start + inner) { sum += Double(x[index]) * Double(y[index]) }
                    sums[start / inner % extent] += sum
                }
            }
        }
        return sums
    }
}
