/// Short names of hooks, as TransformerLens and ViT-Prisma expand them: `k6` is `blocks.6.attn.hook_k`, `pattern3`
/// `blocks.3.attn.hook_pattern`, `scale4ln1` `blocks.4.ln1.hook_scale`, `embed` `hook_embed`.
public enum HookName {
    /// The full name that a name, full or short, stands for; whether a model has such a hook is another question.
    public static func expanded(_ name: String) -> String {
        if name.contains(".") || name.hasPrefix("hook_") { return name }
        let head = name.prefix { !$0.isWholeNumber }
        let digits = name.dropFirst(head.count).prefix { $0.isASCII && $0.isWholeNumber }
        let rest = String(name.dropFirst(head.count + digits.count))
        return full(String(head), layer: digits.isEmpty ? nil : String(digits), part: rest)
    }

    private static func full(_ given: String, layer: String?, part: String) -> String {
        let name = names[given] ?? given
        var part = parts[part] ?? part
        if attention.contains(name) { part = "attn" }
        if mlp.contains(name) { part = "mlp" }
        if layer == nil, part.isEmpty, name == "scale" || name == "normalized" { return "ln_final.hook_\(name)" }
        return (layer.map { "blocks.\($0)." } ?? "") + (part.isEmpty ? "" : part + ".") + "hook_\(name)"
    }

    private static let names = [
        "attn": "pattern", "attn_logits": "attn_scores", "key": "k", "query": "q", "value": "v", "mlp_pre": "pre",
        "mlp_mid": "mid", "mlp_post": "post",
    ]
    private static let parts = ["a": "attn", "attention": "attn", "m": "mlp", "b": "", "block": "", "blocks": ""]
    private static let attention: Set = [
        "k", "v", "q", "z", "rot_k", "rot_q", "result", "pattern", "attn_scores",
    ]
    private static let mlp: Set = ["pre", "post", "mid", "pre_linear"]
}
