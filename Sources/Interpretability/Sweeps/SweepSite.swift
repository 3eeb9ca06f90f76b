public import HookedModels

/// Where a sweep patches or ablates, under the short names of the field.
public enum SweepSite: String, CaseIterable, Sendable {
    case residPre = "resid_pre"
    case residMid = "resid_mid"
    case residPost = "resid_post"
    case attnOut = "attn_out"
    case mlpOut = "mlp_out"
    case z, q, k, v, result, pattern
    case post

    /// Which hook of a layer.
    public var site: Site {
        switch self {
        case .residPre: .residPre
        case .residMid: .residMid
        case .residPost: .residPost
        case .attnOut: .attnOut
        case .mlpOut: .mlpOut
        case .z: .z
        case .q: .q
        case .k: .k
        case .v: .v
        case .result: .result
        case .pattern: .pattern
        case .post: .mlpPost
        }
    }

    /// What can be told apart there.
    public var axes: [SweepAxis] {
        switch self {
        case .residPre, .residMid, .residPost, .attnOut, .mlpOut: [.layer, .position]
        case .z, .q, .k, .v, .result, .pattern: [.layer, .position, .head]
        case .post: [.layer, .position, .neuron]
        }
    }
}

/// What the cells of a sweep tell apart.
public enum SweepAxis: String, CaseIterable, Sendable {
    case layer
    /// Of a pattern, the query.
    case position
    case head
    case neuron
}
