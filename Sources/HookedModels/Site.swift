/// A kind of place in the forward pass where an activation can be read or changed, in the order in which they fire.
///
/// The raw value is ViT-Prisma's name, without the `blocks.{layer}.` that the sites of a block carry.
public enum Site: String, CaseIterable, Sendable {
    case embed = "hook_embed"
    case posEmbed = "hook_pos_embed"
    case fullEmbed = "hook_full_embed"
    case lnPreScale = "ln_pre.hook_scale"
    case lnPreNormalized = "ln_pre.hook_normalized"
    case lnPre = "hook_ln_pre"

    case residPre = "hook_resid_pre"
    case attnIn = "hook_attn_in"
    case qInput = "hook_q_input"
    case kInput = "hook_k_input"
    case vInput = "hook_v_input"
    case ln1Scale = "ln1.hook_scale"
    case ln1Normalized = "ln1.hook_normalized"
    case q = "attn.hook_q"
    case k = "attn.hook_k"
    case v = "attn.hook_v"
    case attnScores = "attn.hook_attn_scores"
    case pattern = "attn.hook_pattern"
    case z = "attn.hook_z"
    case result = "attn.hook_result"
    case attnOut = "hook_attn_out"
    case residMid = "hook_resid_mid"
    case mlpIn = "hook_mlp_in"
    case ln2Scale = "ln2.hook_scale"
    case ln2Normalized = "ln2.hook_normalized"
    case mlpPre = "mlp.hook_pre"
    case mlpMid = "mlp.hook_mid"
    case mlpLnScale = "mlp.ln.hook_scale"
    case mlpLnNormalized = "mlp.ln.hook_normalized"
    case mlpPost = "mlp.hook_post"
    case mlpOut = "hook_mlp_out"
    case residPost = "hook_resid_post"

    case lnFinalScale = "ln_final.hook_scale"
    case lnFinalNormalized = "ln_final.hook_normalized"
    case lnFinal = "hook_ln_final"
    case poolPattern = "head.hook_pattern"
    case poolAttnOut = "head.hook_attn_out"
    case fcNorm = "hook_fc_norm"
    case postHead = "hook_post_head_pre_normalize"

    /// Whether the site stands in a block, once a layer.
    public var isInBlock: Bool { index >= Site.residPre.index && index <= Site.residPost.index }

    /// The place in the order of firing.
    var index: Int { Site.indices[self] ?? 0 }

    private static let indices = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}

/// What an axis of an activation counts. The first axis is always the input.
public enum Axis: String, Sendable {
    case position, head, query, key, feature
    /// An axis of length one, or one that cannot be sliced.
    case single
}
