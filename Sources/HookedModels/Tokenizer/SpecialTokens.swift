/// Tokens that are written out in a text, such as `<|endoftext|>`: they are found before it is taken apart into words.
struct SpecialTokens: Sendable {
    struct Token: Sendable, Equatable {
        let text: String
        let id: Int
        /// Whether it is looked for in the text as it has been normalised, so in any case of letters.
        var isNormalized = true
    }

    /// A part of a text.
    enum Part: Equatable {
        case text([Unicode.Scalar])
        case token(Int)
    }

    let tokens: [Token]
    /// By their first letters, the longest first.
    private let beginnings: [Unicode.Scalar: [(letters: [Unicode.Scalar], id: Int)]]
    private let hasOriginal: Bool

    init(_ tokens: [Token]) {
        self.tokens = tokens
        hasOriginal = tokens.contains { !$0.isNormalized }
        beginnings = Self.beginnings(tokens.filter(\.isNormalized).map { (TextNormalizer.normalized($0.text), $0.id) })
    }

    /// The parts of a text, normalised.
    func parts(of text: String) -> [Part] {
        var parts = [Part.text(Array(text.unicodeScalars))]
        if hasOriginal {
            let original = Self.beginnings(tokens.filter { !$0.isNormalized }.map { ($0.text, $0.id) })
            parts = parts.flatMap { Self.split($0, at: original) }
        }
        return parts.flatMap { part -> [Part] in
            guard case .text(let scalars) = part else { return [part] }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            let normalized = TextNormalizer.normalized(String(view))
            return Self.split(.text(Array(normalized.unicodeScalars)), at: beginnings)
        }
    }

    private static func beginnings(
        _ tokens: [(text: String, id: Int)]
    ) -> [Unicode.Scalar: [(letters: [Unicode.Scalar], id: Int)]] {
        var beginnings: [Unicode.Scalar: [(letters: [Unicode.Scalar], id: Int)]] = [:]
        for (text, id) in tokens {
            let letters = Array(text.unicodeScalars)
            guard let first = letters.first else { continue }
            beginnings[first, default: []].append((letters, id))
        }
        return beginnings.mapValues { $0.sorted { $0.letters.count > $1.letters.count } }
    }

    private static func split(
        _ part: Part, at beginnings: [Unicode.Scalar: [(letters: [Unicode.Scalar], id: Int)]]
    ) -> [Part] {
        guard case .text(let scalars) = part else { return [part] }
        var parts: [Part] = []
        var (start, place) = (0, 0)
        while place < scalars.count {
            guard let known = beginnings[scalars[place]],
                let token = known.first(where: { scalars[place...].starts(with: $0.letters) })
            else {
                place += 1
                continue
            }
            if start < place { parts.append(.text(Array(scalars[start..<place]))) }
            parts.append(.token(token.id))
            place += token.letters.count
            start = place
        }
        if start < scalars.count { parts.append(.text(Array(scalars[start...]))) }
        return parts
    }
}
