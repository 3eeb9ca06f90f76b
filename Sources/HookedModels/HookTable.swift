/// Every hook of a model, in the order in which they fire, with its shape.
public struct HookTable: Sendable {
    /// One row of the table.
    public struct Entry: Sendable {
        /// Which hook.
        public let point: HookPoint
        /// The shape for one input: every axis but the first.
        public let shape: [Int]
        /// What those axes count.
        public let axes: [Axis]
        /// The flag that makes the hook exist, if one is needed.
        public var flag: String? { HookFlags.name(enabling: point.site) }
        /// Float32 bytes for one input.
        public var bytesPerInput: Int { shape.reduce(4, *) }
    }

    /// In the order of firing.
    public let entries: [Entry]

    /// The hooks that fire with these flags when `layers` blocks are computed; all of them, without ``Site/lnFinal`` and
    /// what follows, where `stopsEarly`.
    public init(_ architecture: Architecture, flags: HookFlags, layers: Int? = nil, stopsEarly: Bool = false) {
        self.init(architecture, layers: layers, stopsEarly: stopsEarly, flags: flags) { flags.enables($0) }
    }

    /// The hooks that fire or that some flag could make fire.
    public init(possible architecture: Architecture, flags: HookFlags = HookFlags()) {
        self.init(architecture, layers: nil, stopsEarly: false, flags: flags) { _ in true }
    }

    /// Whether a hook of this name fires.
    public func has(_ name: String) -> Bool { entries.contains { $0.point.name == name } }

    private init(
        _ architecture: Architecture, layers: Int?, stopsEarly: Bool, flags: HookFlags, including: (Site) -> Bool
    ) {
        let sites = architecture.sitesInOrder.filter { architecture.has($0) && including($0) }
        let blockStart = Site.residPre.index
        let entry = { (site: Site, layer: Int?) in
            let (shape, axes) = architecture.shape(of: site, flags: flags)
            return Entry(point: HookPoint(site, layer: layer), shape: shape, axes: axes)
        }
        var entries = sites.filter { $0.index < blockStart }.map { entry($0, nil) }
        for layer in 0..<(layers ?? architecture.layers) {
            entries += sites.filter(\.isInBlock).map { entry($0, layer) }
        }
        if !stopsEarly { entries += sites.filter { $0.index > Site.residPost.index }.map { entry($0, nil) } }
        self.entries = entries
    }
}

extension Architecture {
    /// Every site in the order in which it fires: a BertBlock's norms come after what they normalise.
    var sitesInOrder: [Site] {
        guard block == .branchNorm else { return Site.allCases }
        let norms: [Site: [Site]] = [
            .attnOut: [.ln1Scale, .ln1Normalized], .mlpOut: [.ln2Scale, .ln2Normalized],
        ]
        let moved = norms.values.joined()
        return Site.allCases.filter { !moved.contains($0) }.flatMap { [$0] + (norms[$0] ?? []) }
    }

    /// Whether a model of this kind has the site at all, under whatever flags.
    func has(_ site: Site) -> Bool {
        switch site {
        case .lnPre: hasPreNorm
        case .lnPreScale, .lnPreNormalized: hasPreNorm && normalization != .none
        case .ln1Scale, .ln1Normalized: normalization != .none
        case .lnFinalScale, .lnFinalNormalized: normalization != .none && hasFinalNorm
        case .ln2Scale, .ln2Normalized: normalization != .none && !isAttentionOnly
        case .residMid, .mlpIn, .mlpPre, .mlpPost, .mlpOut: !isAttentionOnly
        case .mlpMid: hasSoLU && !isAttentionOnly
        case .mlpLnScale, .mlpLnNormalized: hasSoLU && !isAttentionOnly && normalization != .none
        case .poolPattern, .poolAttnOut: pooling == .attention
        case .fcNorm: hasPooledNorm
        default: true
        }
    }

    /// The shape of a site's activation for one input, and what its axes count.
    func shape(of site: Site, flags: HookFlags) -> (shape: [Int], axes: [Axis]) {
        switch site {
        case .embed: ([patches, width], [.position, .feature])
        case .posEmbed: ([positionedTokens, width], [.position, .feature])
        case .lnPreScale, .ln2Scale, .lnFinalScale, .mlpLnScale: ([positions, 1], [.position, .single])
        case .ln1Scale:
            flags.hasHeadInputs && block == .preNorm
                ? ([positions, heads, 1], [.position, .head, .single]) : ([positions, 1], [.position, .single])
        case .ln1Normalized where flags.hasHeadInputs && block == .preNorm:
            ([positions, heads, width], [.position, .head, .feature])
        case .attnIn, .qInput, .kInput, .vInput, .result: ([positions, heads, width], [.position, .head, .feature])
        case .q, .k, .v, .z: ([positions, heads, headWidth], [.position, .head, .feature])
        case .attnScores, .pattern: ([heads, positions, positions], [.head, .query, .key])
        case .mlpPre, .mlpMid, .mlpLnNormalized, .mlpPost: ([positions, neurons], [.position, .feature])
        case .poolPattern: ([heads, 1, positions], [.head, .single, .key])
        case .poolAttnOut: ([1, width], [.single, .feature])
        case .fcNorm: ([pooledWidth], [.feature])
        case .postHead: (outputShape, outputAxes)
        default: ([positions, width], [.position, .feature])
        }
    }

    private var outputAxes: [Axis] {
        switch pooling {
        case .cls, .mean, .meanOfAll, .attention, .endOfText, .clsThenMean, .clsAndDistillation: [.feature]
        case .clsAndMean: [.feature, .single]
        case .none: [.position, .feature]
        }
    }
}
