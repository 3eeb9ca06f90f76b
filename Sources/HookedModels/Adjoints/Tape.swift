internal import Tensors

/// What a forward pass keeps for its adjoint: the activations that the chain rule asks for, of the layers that it reaches.
///
/// Kept tensors are shared with the pass, not copied; the pass then writes into new memory where it would have written into
/// them.
struct Tape: Sendable {
    /// The first block that the adjoint goes through.
    let firstLayer: Int
    private let lastLayer: Int
    /// Whether it goes on to the embedding.
    let reachesInput: Bool
    /// Whether what only the parameters' gradients need is kept too.
    let servesParameters: Bool
    /// The result of pooling, before the norm after it.
    var pooled: Tensor?
    /// Of each point what was visited there: more than once where each head reads a stream of its own.
    private var kept: [HookPoint: [Tensor]] = [:]
    /// Patterns as the softmax gave them, where an intervention changed them.
    private var unchanged: [HookPoint: Tensor] = [:]

    init(firstLayer: Int, layers: Int, reachesInput: Bool, servesParameters: Bool) {
        self.firstLayer = firstLayer
        lastLayer = layers - 1
        self.reachesInput = reachesInput
        self.servesParameters = servesParameters
    }

    /// Whether the pass must materialise an activation that it would otherwise compute in passing, or in part.
    func needs(_ site: Site, _ layer: Int?) -> Bool {
        site == .lnFinal || ((site == .pattern || site == .mlpPre) && reaches(layer))
    }

    mutating func keep(_ site: Site, _ layer: Int?, _ activation: Tensor) {
        // The final norm reads the last stream, however early the adjoint ends.
        let isLastStream = site == .residPost && layer == lastLayer
        guard isLastStream || (reaches(layer) && isUsed(site)) else { return }
        kept[HookPoint(site, layer: layer), default: []].append(activation)
    }

    /// Keeps what an intervention is about to change.
    mutating func keep(unchanged activation: Tensor, _ site: Site, _ layer: Int?) {
        guard site == .pattern || site == .poolPattern, reaches(layer) else { return }
        unchanged[HookPoint(site, layer: layer)] = activation
    }

    /// A pattern as the softmax gave it.
    func softmax(_ site: Site, _ layer: Int? = nil) -> Tensor {
        unchanged[HookPoint(site, layer: layer)] ?? self[site, layer]
    }

    /// What was visited at a point, in the order of the visits.
    func all(_ site: Site, _ layer: Int? = nil) -> [Tensor] { kept[HookPoint(site, layer: layer)] ?? [] }

    /// What was visited last at a point that the pass always visits.
    subscript(site: Site, layer: Int? = nil) -> Tensor {
        guard let tensor = all(site, layer).last else { preconditionFailure("\(site) was not kept") }
        return tensor
    }

    private func reaches(_ layer: Int?) -> Bool { layer.map { $0 >= firstLayer } ?? true }

    private func isUsed(_ site: Site) -> Bool {
        switch site {
        case .fullEmbed, .residPre, .qInput, .kInput, .vInput, .q, .k, .v, .pattern, .attnOut, .mlpIn, .mlpPre, .mlpMid,
            .mlpOut, .residPost, .lnFinal, .poolPattern, .poolAttnOut, .fcNorm, .postHead, .lnPreScale, .ln1Scale,
            .ln2Scale, .mlpLnScale, .lnFinalScale:
            true
        case .z, .mlpPost, .ln1Normalized, .ln2Normalized: servesParameters
        default: false
        }
    }
}
