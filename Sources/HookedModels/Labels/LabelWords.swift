/// A name as words that can be compared: in lower case, parted at everything but letters and digits, apostrophes dropped,
/// a plural's ending cut off. "T-shirts" is [t, shirt], "carpenter's kit" [carpenter, kit].
enum LabelWords {
    static func words(_ text: some StringProtocol) -> [String] {
        text.lowercased().filter { $0 != "'" && $0 != "’" }
            .split { !$0.isLetter && !$0.isNumber }.map(singular)
    }

    /// Rough, but the same for both sides of a comparison.
    private static func singular(_ word: Substring) -> String {
        guard word.count > 3, word.hasSuffix("s"), !["ss", "us", "is"].contains(where: word.hasSuffix) else {
            return String(word)
        }
        if word.hasSuffix("ies") && word.count > 4 { return word.dropLast(3) + "y" }
        if ["xes", "ches", "shes", "sses", "zes"].contains(where: word.hasSuffix) { return String(word.dropLast(2)) }
        return String(word.dropLast())
    }
}
