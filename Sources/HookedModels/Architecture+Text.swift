internal import Tensors

/// What a text tower reads.
public struct TextInput: Sendable, Equatable {
    /// Token ids are below this.
    public var vocabulary: Int
    /// Tokens of a text, padding included.
    public var context: Int
    /// What fills a text up to the context.
    public var padding: Int
    /// Where a text ends: its output is read there.
    public var end: End

    /// How the end of a text is found.
    public enum End: Sendable, Equatable {
        /// At the largest id, the first of them: CLIP's end token is the last of its vocabulary.
        case largest
        /// At the first token of this id; at the first position where there is none, as transformers reads it.
        case token(Int)
    }

    /// All that a tower reads texts by.
    public init(vocabulary: Int, context: Int, padding: Int, end: End) {
        self.vocabulary = vocabulary
        self.context = context
        self.padding = padding
        self.end = end
    }

    /// The place of the end in one text.
    func end(of ids: [Float]) -> Int {
        switch end {
        case .largest: ids.indices.max { (ids[$0], $1) < (ids[$1], $0) } ?? 0
        case .token(let id): ids.firstIndex(of: Float(id)) ?? 0
        }
    }
}

extension Architecture {
    /// The numbers of a text tower (Radford et al. 2021, arXiv:2103.00020): every token sees those before it, and the
    /// output is read where the text ends.
    public init(text: TextInput, layers: Int, width: Int, heads: Int, neurons: Int, eps: Float) {
        // A line of tokens, each a patch of its own.
        self.init(
            layers: layers, width: width, heads: heads, neurons: neurons,
            image: Extent(height: 1, width: text.context), patch: Extent(square: 1), eps: eps)
        self.text = text
        channels = 1
        hasClassToken = false
        mask = .causal
        pooling = .endOfText
    }
}
