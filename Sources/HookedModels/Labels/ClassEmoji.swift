internal import Resources

/// Emoji for class names, by rules: `emoji-rules.txt` among the program's resources, whose head says how they are read.
public struct ClassEmoji: Sendable {
    /// The rules inside the program.
    public static let shared = ClassEmoji(lines: Resource.emojiRules.lines)

    private struct Rule: Sendable {
        let words: [String]
        let emoji: String
        let order: Int
    }

    private var synsets: [String: String] = [:]
    /// By their first words.
    private var rules: [String: [Rule]] = [:]
    /// Every emoji that a rule gives, once, in the rules' order.
    public private(set) var emoji: [String] = []

    /// - Parameter lines: an emoji, a space, phrases parted by commas.
    init(lines: [some StringProtocol]) {
        var (seen, order): (Set<String>, Int) = ([], 0)
        for line in lines {
            guard let space = line.firstIndex(of: " ") else { continue }
            let emoji = String(line[..<space])
            if seen.insert(emoji).inserted { self.emoji.append(emoji) }
            for phrase in line[space...].split(separator: ",") {
                let words = LabelWords.words(phrase)
                guard let first = words.first else { continue }
                order += 1
                if words.count == 1, Self.isSynset(first) {
                    synsets[first] = emoji
                } else {
                    rules[first, default: []].append(Rule(words: words, emoji: emoji, order: order))
                }
            }
        }
    }

    /// The emoji for a name, or for several parted by commas; `nil` where no rule fits.
    /// - Parameter synset: WordNet's number of what is meant, where it is known: a crane may fly or lift.
    public func emoji(for names: String, synset: String? = nil) -> String? {
        if let synset, let emoji = synsets[synset] { return emoji }
        var best: (rank: Rank, emoji: String)?
        for (place, synonym) in names.split(separator: ",").enumerated() {
            let words = LabelWords.words(synonym)
            for (start, word) in words.enumerated() {
                for rule in rules[word] ?? [] where words[start...].starts(with: rule.words) {
                    let rank = Rank(
                        words: rule.words.count, isAtEnd: start + rule.words.count == words.count, synonym: place,
                        order: rule.order)
                    if best.map({ $0.rank < rank }) ?? true { best = (rank, rule.emoji) }
                }
            }
        }
        return best?.emoji
    }

    private static func isSynset(_ word: String) -> Bool {
        word.count == 9 && word.first == "n" && word.dropFirst().allSatisfy(\.isNumber)
    }
}

/// Which of several rules wins: the greatest.
private struct Rank: Comparable {
    let words: Int
    let isAtEnd: Bool
    let synonym: Int
    let order: Int

    static func < (a: Rank, b: Rank) -> Bool {
        // Of the same length: a compound is named for its last word; the first synonym is the usual one.
        (a.words, a.isAtEnd ? 1 : 0, -a.synonym, -a.order) < (b.words, b.isAtEnd ? 1 : 0, -b.synonym, -b.order)
    }
}
