internal import Checkpoints
internal import TextNumbers

/// Pieces and their numbers, the merges that make them, and the tokens that texts may spell out, as files tell them.
struct VocabularyFile {
    /// Bytes of a file; CLIP's own have three million.
    static let maximumBytes = 32 << 20
    /// Bytes of a piece; the longest of CLIP's has 54.
    static let maximumPiece = 1_024
    /// More than one or two are unusual.
    static let maximumSpecials = 64

    /// What two pieces make, and where that is said.
    struct Merge {
        let left: String
        let right: String
        /// `nil` in JSON.
        let line: Int?
    }

    /// The name of the file that numbers the pieces.
    let file: String
    let mergesFile: String
    var ids: [String: Int]
    var merges: [Merge]
    var specials: [SpecialTokens.Token] = []

    /// - Parameter vocabulary: ids are below this.
    init(
        file: String, mergesFile: String, pieces: some Collection<(String, Int?)>, merges: [Merge], vocabulary: Int
    ) throws(TokenizerError) {
        self.file = file
        self.mergesFile = mergesFile
        self.merges = merges
        var ids: [String: Int] = [:]
        var owners: [Int: String] = [:]
        for (piece, id) in pieces {
            guard let id, (0..<vocabulary).contains(id) else {
                throw TokenizerError(
                    file, "the id of \(piece.shown) must be a whole number below the model's vocabulary, \(vocabulary)")
            }
            guard piece.utf8.count <= Self.maximumPiece else {
                throw TokenizerError(file, "\(piece.shown) is longer than \(Self.maximumPiece) bytes")
            }
            if let owner = owners.updateValue(piece, forKey: id), owner != piece {
                throw TokenizerError(file, "\(owner.shown) and \(piece.shown) have the same id, \(id)")
            }
            ids[piece] = id
        }
        self.ids = ids
    }
}

extension VocabularyFile {
    /// `vocab.json` and the text of `merges.txt`.
    static func pair(_ vocabulary: JSONValue, _ merges: [UInt8], limit: Int) throws(TokenizerError) -> VocabularyFile {
        let (file, mergesFile) = ("vocab.json", "merges.txt")
        return try VocabularyFile(
            file: file, mergesFile: mergesFile, pieces: (vocabulary.object ?? []).map { ($0.key, $0.value.int) },
            merges: try lines(merges, mergesFile, limit: limit), vocabulary: limit)
    }

    /// `tokenizer.json` of Hugging Face's tokenizers.
    static func tokenizers(_ document: JSONValue, limit: Int) throws(TokenizerError) -> VocabularyFile {
        let file = "tokenizer.json"
        guard let model = document["model"], model["type"]?.string == "BPE", let pieces = model["vocab"]?.object else {
            throw TokenizerError(file, "'model' must be of type BPE and have a 'vocab'")
        }
        guard model["end_of_word_suffix"]?.string == wordEnd else {
            throw TokenizerError(
                file, "'model.end_of_word_suffix' must be '\(wordEnd)': only CLIP's tokenizer is served")
        }
        guard let listed = model["merges"]?.array else { throw TokenizerError(file, "'model.merges' must be a list") }
        var merges: [Merge] = []
        for (index, merge) in listed.enumerated() {
            let parts = merge.string.map { $0.split(separator: " ", omittingEmptySubsequences: false).map(String.init) }
            guard let pair = parts ?? merge.array?.map({ $0.string ?? "" }), pair.count == 2, !pair.contains("") else {
                throw TokenizerError(file, "'model.merges[\(index)]' must be two pieces")
            }
            merges.append(Merge(left: pair[0], right: pair[1], line: nil))
        }
        var result = try VocabularyFile(
            file: file, mergesFile: file, pieces: pieces.map { ($0.key, $0.value.int) }, merges: merges,
            vocabulary: limit)
        try result.add(document["added_tokens"]?.array ?? [], limit: limit)
        return result
    }

    /// `bpe_simple_vocab_16e6.txt`, CLIP's own: merges alone. The numbers follow: bytes, bytes that end a word, what merges
    /// make, begin and end.
    static func merges(_ text: [UInt8], _ file: String, limit: Int) throws(TokenizerError) -> VocabularyFile {
        let letters = ByteAlphabet.order.map { String(ByteAlphabet.letters[$0]) }
        let count = limit - 2 * letters.count - 2
        guard count >= 0 else {
            throw TokenizerError(file, "a vocabulary of \(limit) has no room for the bytes and the two special tokens")
        }
        // The file has more of them than the model takes.
        let merges = try lines(text, file, limit: count)
        let begin = "<|startoftext|>"
        let pieces =
            letters + letters.map { $0 + wordEnd } + merges.map { $0.left + $0.right } + [begin, "<|endoftext|>"]
        return try VocabularyFile(
            file: file, mergesFile: file, pieces: pieces.enumerated().map { ($1, $0) }, merges: merges,
            vocabulary: limit)
    }

    /// What stands at a word's end.
    static let wordEnd = "</w>"

    private mutating func add(_ tokens: [JSONValue], limit: Int) throws(TokenizerError) {
        guard tokens.count <= Self.maximumSpecials else {
            throw TokenizerError(file, "\(tokens.count) added tokens are more than \(Self.maximumSpecials)")
        }
        for (index, token) in tokens.enumerated() {
            let place = "'added_tokens[\(index)]'"
            guard let text = token["content"]?.string, (1...Self.maximumPiece).contains(text.utf8.count),
                let id = token["id"]?.int, (0..<limit).contains(id), ids[text] ?? id == id
            else {
                throw TokenizerError(
                    file, "\(place) must have a 'content' and its 'id', below the model's vocabulary, \(limit)")
            }
            for option in ["lstrip", "rstrip", "single_word"] where token[option]?.bool == true {
                throw TokenizerError(file, "\(place) has '\(option)', which is not served")
            }
            ids[text] = id
            specials.append(.init(text: text, id: id, isNormalized: token["normalized"]?.bool ?? true))
        }
    }

    /// Two pieces a line, after a first line that names the version.
    private static func lines(_ text: [UInt8], _ file: String, limit: Int) throws(TokenizerError) -> [Merge] {
        var merges: [Merge] = []
        for (index, bytes) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if merges.count == limit { break }
            let bytes = bytes.last == 0x0D ? bytes.dropLast() : bytes
            if bytes.isEmpty { continue }
            guard bytes.count <= 2 * maximumPiece, let line = String(validating: bytes, as: UTF8.self) else {
                throw TokenizerError(file, line: index + 1, "not UTF-8, or longer than \(2 * maximumPiece) bytes")
            }
            if index == 0, line.contains("#version") { continue }
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw TokenizerError(
                    file, line: index + 1, "expected two pieces with a space between, found \(line.shown)")
            }
            merges.append(Merge(left: String(parts[0]), right: String(parts[1]), line: index + 1))
        }
        return merges
    }
}
