/// Takes a normalised text apart into words, as CLIP's pattern does:
/// `'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`. Digits are words of their own, white space is none.
enum WordSplitter {
    private enum Kind {
        case letter
        case digit
        case space
        case other
    }

    private static let contractions: [[Unicode.Scalar]] = [
        ["'", "s"], ["'", "t"], ["'", "r", "e"], ["'", "v", "e"], ["'", "m"], ["'", "l", "l"], ["'", "d"],
    ]

    /// Calls `body` with each word, in order, until it answers `false`.
    static func forEachWord(of text: [Unicode.Scalar], _ body: (ArraySlice<Unicode.Scalar>) -> Bool) {
        var start = 0
        while start < text.count {
            let end = wordEnd(in: text, from: start)
            let isWord = kind(of: text[start]) != .space
            if isWord, !body(text[start..<end]) { return }
            start = end
        }
    }

    private static func wordEnd(in text: [Unicode.Scalar], from start: Int) -> Int {
        if text[start] == "'", let found = contractions.first(where: { text[start...].starts(with: $0) }) {
            return start + found.count
        }
        let kind = kind(of: text[start])
        var end = start + 1
        if kind == .digit { return end }
        while end < text.count, self.kind(of: text[end]) == kind { end += 1 }
        return end
    }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
        case .decimalNumber, .letterNumber, .otherNumber: .digit
        default: scalar.properties.isWhitespace ? .space : .other
        }
    }
}
