/// What one place of a figure shows: a value, and the emoji and the name of what it stands for.
public struct EmojiCell: Sendable, Equatable {
    /// The value; what is no finite number is drawn as none.
    public var value: Float
    /// The emoji; none is drawn where it is `nil`.
    public var emoji: String?
    /// The name, for the legend.
    public var label: String

    /// What one place shows.
    public init(value: Float, emoji: String? = nil, label: String = "") {
        self.value = value
        self.emoji = emoji
        self.label = label
    }
}

/// The kinds among cells: those of one emoji, most frequent first.
struct EmojiKinds {
    struct Kind {
        let emoji: String
        /// The name that comes with it most often, and how many others do.
        let label: String
        let others: Int
        let count: Int
        var colour: Colour
    }

    let kinds: [Kind]
    private let places: [String: Int]

    init(_ cells: some Sequence<EmojiCell>) {
        var counts: [String: (count: Int, first: Int, labels: [String: Int])] = [:]
        for (index, cell) in cells.enumerated() {
            guard let emoji = cell.emoji else { continue }
            counts[emoji, default: (0, index, [:])].count += 1
            counts[emoji]?.labels[cell.label, default: 0] += 1
        }
        // Where two are as frequent, the one that comes first; the labels of one emoji by the alphabet.
        let ordered = counts.sorted { ($1.value.count, $0.value.first) < ($0.value.count, $1.value.first) }
        kinds = ordered.enumerated().map { index, entry in
            let label = entry.value.labels.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
            return Kind(
                emoji: entry.key, label: label, others: entry.value.labels.count - 1, count: entry.value.count,
                colour: CategoryColours.colour(index))
        }
        places = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($1.emoji, $0) })
    }

    /// The colour of an emoji; grey where there is none.
    func colour(_ emoji: String?) -> Colour {
        emoji.flatMap { places[$0] }.map { kinds[$0].colour } ?? FigureStyle.missing
    }
}
