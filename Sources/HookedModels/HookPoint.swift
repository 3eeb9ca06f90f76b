/// One place in one layer: `blocks.3.attn.hook_pattern` is the site ``Site/pattern`` of layer 3.
public struct HookPoint: Hashable, Sendable, CustomStringConvertible {
    /// `nil` for the sites before and after the blocks.
    public let layer: Int?
    /// Which kind of place.
    public let site: Site

    /// - Precondition: a site of a block has a layer, others have none.
    public init(_ site: Site, layer: Int? = nil) {
        precondition(site.isInBlock == (layer != nil), "\(site) \(site.isInBlock ? "needs" : "has no") layer")
        self.site = site
        self.layer = layer
    }

    /// The full name.
    public var name: String { layer.map { "blocks.\($0).\(site.rawValue)" } ?? site.rawValue }

    /// The full name.
    public var description: String { name }
}

/// Switches that make optional hooks exist; all off unless asked for.
public struct HookFlags: Sendable, Hashable {
    /// `attn.hook_result`: each head's own contribution.
    public var useAttnResult: Bool
    /// `hook_q_input`, `hook_k_input`, `hook_v_input`: the stream as each head's queries, keys and values read it.
    public var useSplitQKVInput: Bool
    /// `hook_attn_in`: the stream as each head reads it.
    public var useAttnIn: Bool
    /// `hook_mlp_in`: the stream as the MLP reads it.
    public var useHookMLPIn: Bool

    /// All off but those that are named.
    public init(
        useAttnResult: Bool = false, useSplitQKVInput: Bool = false, useAttnIn: Bool = false, useHookMLPIn: Bool = false
    ) {
        self.useAttnResult = useAttnResult
        self.useSplitQKVInput = useSplitQKVInput
        self.useAttnIn = useAttnIn
        self.useHookMLPIn = useHookMLPIn
    }

    /// On where either is on.
    func union(_ other: HookFlags) -> HookFlags {
        HookFlags(
            useAttnResult: useAttnResult || other.useAttnResult,
            useSplitQKVInput: useSplitQKVInput || other.useSplitQKVInput, useAttnIn: useAttnIn || other.useAttnIn,
            useHookMLPIn: useHookMLPIn || other.useHookMLPIn)
    }

    /// Each head reads its own copy of the stream, so `ln1` has a head axis.
    var hasHeadInputs: Bool { useSplitQKVInput || useAttnIn }

    /// The name of the flag that makes a site exist; `nil` where it always does.
    public static func name(enabling site: Site) -> String? {
        switch site {
        case .result: "use_attn_result"
        case .qInput, .kInput, .vInput: "use_split_qkv_input"
        case .attnIn: "use_attn_in"
        case .mlpIn: "use_hook_mlp_in"
        default: nil
        }
    }

    func enables(_ site: Site) -> Bool {
        switch site {
        case .result: useAttnResult
        case .qInput, .kInput, .vInput: useSplitQKVInput
        case .attnIn: useAttnIn
        case .mlpIn: useHookMLPIn
        default: true
        }
    }
}
