public import HookedModels
public import Tensors

/// Which ways a patched head's word may take: path patching (Wang et al. 2022, arXiv:2211.00593; Goldowsky-Dill et al. 2023,
/// arXiv:2304.05969).
///
/// ```
/// pass 1   the sender's z := the source run's ─┬─► receivers, captured
///          every other head, every MLP         │   := the base run's, from the sender's layer on
/// pass 2   the base run, receivers := captured ┴─► output
/// ```
/// Where the receiver is the output itself, pass 1 gives it, and there is no second one.
public struct PatchPath: Sendable {
    /// What may pass the sender's word on to the receivers.
    public enum Through: String, CaseIterable, Sendable {
        /// The residual stream alone.
        case direct
        /// MLPs too: they are computed anew instead of being held.
        case mlps
    }

    /// Which activations of one layer receive, a sweep of a single cell each; `nil` for the output.
    public let receivers: [Sweep]?
    /// What passes the word on.
    public let through: Through
    /// Float32 bytes of the captured receivers of one input, at most.
    public let bytesPerInput: Int
    private let parts: [Part]
    private let layers: Int
    private let holdsMLPs: Bool

    /// One hook that is captured and set.
    private struct Part: Sendable {
        let point: HookPoint
        /// Ascending; `nil` where there is no such axis.
        let heads: [Int]?

        var selection: Selection { Selection(heads: heads) }
    }

    /// - Parameter receivers: each over no axes; `nil` for the output.
    public init(to receivers: [Sweep]?, through: Through, of architecture: Architecture) {
        self.receivers = receivers
        self.through = through
        layers = architecture.layers
        holdsMLPs = through == .direct && !architecture.isAttentionOnly
        var heads: [HookPoint: Set<Int>] = [:]
        for receiver in receivers ?? [] {
            let chosen = receiver.chosen[.head] ?? Array(0..<architecture.heads)
            for (site, layer) in Self.sites(of: receiver.site).flatMap({ site in
                (receiver.chosen[.layer] ?? []).map { (site, $0) }
            }) { heads[HookPoint(site, layer: layer), default: []].formUnion(chosen) }
        }
        let entries = HookTable(architecture, flags: HookFlags()).entries.filter { heads[$0.point] != nil }
        parts = entries.map { entry in
            Part(point: entry.point, heads: entry.axes.contains(.head) ? heads[entry.point]?.sorted() : nil)
        }
        bytesPerInput = zip(entries, parts).reduce(0) { sum, pair in
            sum + pair.0.bytesPerInput * (pair.1.heads?.count ?? 1) / (pair.1.heads == nil ? 1 : architecture.heads)
        }
    }

    /// The hooks that stand for a receiver. Heads and MLPs are held at what they give, so what they would give is caught just
    /// before: it is the product of what stands here with weights, or of two of them.
    private static func sites(of receiver: SweepSite) -> [Site] {
        switch receiver {
        case .z, .result, .attnOut: [.pattern, .v]
        case .post, .mlpOut: [.mlpPost]
        case .q, .k, .v, .pattern, .residPre, .residMid, .residPost: [receiver.site]
        }
    }

    /// The hooks that are held while heads of `layer` and later ones send, in a pass that ends before the layer `stop`.
    public func held(from layer: Int, stopAtLayer stop: Int? = nil) -> [String] {
        (layer..<(stop ?? layers)).flatMap { layer in
            [HookPoint(.z, layer: layer).name] + (holdsMLPs ? [HookPoint(.mlpOut, layer: layer).name] : [])
        }
    }

    /// The receivers that heads of `layer` reach; what fires before them, or with them, hears nothing.
    public func captures(after layer: Int) -> [CaptureRequest] {
        reached(from: layer).map { CaptureRequest(hooks: [$0.point.name], selection: $0.selection) }
    }

    /// Sets every input's receivers to what was captured of it.
    /// - Parameter captured: [input, ...] by hook, as ``captures(after:)`` asks for it.
    public func interventions(_ captured: [String: Tensor]) -> [Intervention] {
        parts.compactMap { part in
            captured[part.point.name].map {
                Intervention(part.point.name, .set(.constant($0)), at: part.selection)
            }
        }
    }

    /// The first and the last layer that heads of `layer` reach; `nil` where no receiver comes after them.
    public func reach(from layer: Int) -> ClosedRange<Int>? {
        let layers = reached(from: layer).compactMap(\.point.layer)
        guard let first = layers.min(), let last = layers.max() else { return nil }
        return first...last
    }

    /// How many blocks are computed for a sender of `layer`.
    public func blocks(from layer: Int) -> Int {
        guard receivers != nil else { return layers - layer }
        guard let reach = reach(from: layer) else { return 0 }
        return reach.upperBound + 1 - layer + layers - reach.lowerBound
    }

    private func reached(from layer: Int) -> [Part] {
        parts.filter { part in
            guard let own = part.point.layer else { return false }
            let isBehindHeads = [.residMid, .mlpPost, .residPost].contains(part.point.site)
            return own > layer || own == layer && isBehindHeads
        }
    }
}
