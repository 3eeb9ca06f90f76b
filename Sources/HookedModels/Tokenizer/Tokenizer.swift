/// CLIP's tokenizer (Radford et al. 2021, arXiv:2103.00020): a text as numbers of a vocabulary, by byte-pair encoding of its
/// words in small letters. The ids are those of transformers' `CLIPTokenizerFast`.
///
/// ```
/// "A Photo!"  ─► a photo!  ─► a │ photo │ !  ─► a</w> │ photo</w> │ !</w>  ─► [begin, 320, 1125, 256, end, padding, …]
///      TextNormalizer   WordSplitter      BytePairEncoding
/// ```
public struct Tokenizer: Sendable {
    /// The id that stands before every text.
    public let begin: Int
    /// The id that stands after it.
    public let end: Int
    /// What fills a text up to the context.
    public let padding: Int
    /// How many ids a text has, padding included.
    public let context: Int
    let encoding: BytePairEncoding
    let specials: SpecialTokens

    /// A text as ids, begin and end among them, however many that are.
    public func ids(_ text: String) -> [Int] { [begin] + words(text, limit: .max) + [end] }

    /// A text as exactly ``context`` ids: of a longer one the first words and the end.
    public func padded(_ text: String) -> [Int] {
        let ids = Array(([begin] + words(text, limit: context)).prefix(context - 1)) + [end]
        return ids + Array(repeating: padding, count: context - ids.count)
    }

    /// Whether ``padded(_:)`` leaves words out.
    public func truncates(_ text: String) -> Bool { words(text, limit: context).count > context - 2 }

    /// - Parameter limit: after as many ids no further word is read.
    private func words(_ text: String, limit: Int) -> [Int] {
        var ids: [Int] = []
        for part in specials.parts(of: text) where ids.count < limit {
            switch part {
            case .token(let id): ids.append(id)
            case .text(let scalars):
                WordSplitter.forEachWord(of: scalars) { word in
                    ids += encoding.pieces(of: word.flatMap { UTF8.encode($0).map(Array.init) ?? [] }).map(Int.init)
                    return ids.count < limit
                }
            }
        }
        return ids
    }
}
