public import Checkpoints
internal import TextNumbers

extension Tokenizer {
    /// Reads the tokenizer that lies beside a checkpoint: `vocab.json` with `merges.txt`, `tokenizer.json`, or
    /// `bpe_simple_vocab_16e6.txt.gz`, CLIP's own. `nil` where there is none of them.
    /// - Parameter text: what the tower reads; ids are below its vocabulary.
    public init?(of checkpoint: Checkpoint, for text: TextInput) throws(TokenizerError) {
        guard let vocabulary = try Self.vocabulary(of: checkpoint, limit: text.vocabulary) else { return nil }
        let roles = try TokenRoles(checkpoint)
        // transformers fills up with the tokenizer's own token, open_clip with what the tower says.
        let padding = checkpoint.layout == .huggingFace ? roles.padding.flatMap { vocabulary.ids[$0] } : nil
        try self.init(vocabulary, roles, padding: padding ?? text.padding, context: text.context)
    }

    init(_ vocabulary: VocabularyFile, _ roles: TokenRoles, padding: Int, context: Int) throws(TokenizerError) {
        let id = { (token: String) throws(TokenizerError) -> Int in
            guard let id = vocabulary.ids[token] else {
                throw TokenizerError(vocabulary.file, "there is no \(token.shown), which begins or ends a text")
            }
            return id
        }
        (begin, end) = (try id(roles.begin), try id(roles.end))
        self.padding = padding
        self.context = context
        encoding = try BytePairEncoding(vocabulary, unknown: roles.unknown.flatMap { vocabulary.ids[$0] } ?? end)
        let own = [(roles.begin, begin), (roles.end, end)].map { SpecialTokens.Token(text: $0, id: $1) }
        specials = SpecialTokens(vocabulary.specials.isEmpty ? own : vocabulary.specials)
    }

    private static func vocabulary(
        of checkpoint: Checkpoint, limit: Int
    ) throws(TokenizerError) -> VocabularyFile? {
        let most = VocabularyFile.maximumBytes
        let pieces = try read { () throws(CheckpointError) in try checkpoint.document(named: "vocab.json", limit: most)
        }
        let merges = try read { () throws(CheckpointError) in try checkpoint.file(named: "merges.txt", limit: most) }
        if let pieces, let merges { return try .pair(pieces, merges, limit: limit) }
        let whole = try read { () throws(CheckpointError) in
            try checkpoint.document(named: "tokenizer.json", limit: most)
        }
        if let whole { return try .tokenizers(whole, limit: limit) }
        let simple = "bpe_simple_vocab_16e6.txt"
        let packed = try read { () throws(CheckpointError) in
            try checkpoint.gunzippedFile(named: simple + ".gz", limit: most)
        }
        return try packed.map { (text) throws(TokenizerError) in
            try .merges(text, simple + ".gz", limit: limit)
        }
    }

    private static func read<Value>(
        _ body: () throws(CheckpointError) -> Value
    ) throws(TokenizerError) -> Value {
        do throws(CheckpointError) {
            return try body()
        } catch {
            throw TokenizerError(error)
        }
    }
}
