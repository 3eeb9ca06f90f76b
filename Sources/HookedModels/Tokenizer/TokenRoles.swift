internal import Checkpoints
internal import TextNumbers

/// Which tokens begin, end and fill up a text, as `tokenizer_config.json` or `special_tokens_map.json` names them.
struct TokenRoles {
    var begin = "<|startoftext|>"
    var end = "<|endoftext|>"
    var unknown: String? = "<|endoftext|>"
    var padding: String?

    /// CLIP's own.
    init() {}

    init(_ checkpoint: Checkpoint) throws(TokenizerError) {
        var files: [JSONValue] = []
        do throws(CheckpointError) {
            for name in ["tokenizer_config.json", "special_tokens_map.json"] {
                if let file = try checkpoint.document(named: name, limit: 1 << 20) { files.append(file) }
            }
        } catch { throw TokenizerError(error) }
        let token = { (role: String) -> String? in
            files.lazy.compactMap { $0[role] }.compactMap { $0.string ?? $0["content"]?.string }.first
        }
        begin = token("bos_token") ?? begin
        end = token("eos_token") ?? end
        unknown = token("unk_token") ?? unknown
        padding = token("pad_token")
    }
}
