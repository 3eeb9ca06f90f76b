/// What one place of a figure shows: a value, and the emoji and the name of what it stands for.
public struct EmojiCell: Sendable, Equatable {
    /// The value; what is no finite number is drawn as none.
    public var value: Float
    /// The emoji of what it stands for, where that has one.
    public var emoji: String?
    /// What is drawn where there is no emoji: few letters, such as a class's number.
    public var mark: String?
    /// The name, for the legend.
    public var label: String

    /// What one place shows.
    public init(value: Float, emoji: String? = nil, mark: String? = nil, label: String = "") {
        self.value = value
        self.emoji = emoji
        self.mark = mark
        self.label = label
    }
}

extension EmojiCell {
    /// What tells this cell from others of another kind.
    var sign: Sign? { emoji.map { .emoji($0) } ?? mark.map { .letters($0) } }

    enum Sign: Hashable {
        case emoji(String)
        case letters(String)

        /// Draws it in the middle of a region, where there is room.
        func draw(on canvas: inout Canvas, _ region: PixelRegion, _ brush: inout EmojiBrush, ink: Colour) {
            let (x, y) = (region.columns.lowerBound, region.rows.lowerBound)
            switch self {
            case .emoji(let emoji):
                brush.draw(
                    emoji, on: &canvas, centreX: x + region.columns.count / 2, centreY: y + region.rows.count / 2)
            case .letters(let text):
                let (width, line) = (Lettering.shared.width(of: text, .small), Lettering.shared.lineHeight(.small))
                guard width <= region.columns.count, line <= region.rows.count + 4 else { return }
                canvas.write(
                    text, x: x + (region.columns.count - width) / 2, y: y + (region.rows.count - line) / 2, .small, ink)
            }
        }
    }
}

/// The kinds among cells: those of one sign, most frequent first.
struct EmojiKinds {
    struct Kind {
        let sign: EmojiCell.Sign
        /// The name that comes with it most often, and how many others do.
        let label: String
        let others: Int
        let count: Int
        var colour: Colour
    }

    let kinds: [Kind]
    private let places: [EmojiCell.Sign: Int]

    init(_ cells: some Sequence<EmojiCell>) {
        var counts: [EmojiCell.Sign: (count: Int, first: Int, labels: [String: Int])] = [:]
        for (index, cell) in cells.enumerated() {
            guard let sign = cell.sign else { continue }
            counts[sign, default: (0, index, [:])].count += 1
            counts[sign]?.labels[cell.label, default: 0] += 1
        }
        // Where two are as frequent, the one that comes first; the labels of one sign by the alphabet.
        let ordered = counts.sorted { ($1.value.count, $0.value.first) < ($0.value.count, $1.value.first) }
        kinds = ordered.enumerated().map { index, entry in
            let label = entry.value.labels.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
            return Kind(
                sign: entry.key, label: label, others: entry.value.labels.count - 1, count: entry.value.count,
                colour: CategoryColours.colour(index))
        }
        places = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($1.sign, $0) })
    }

    /// The colour of a sign; grey where there is none.
    func colour(_ sign: EmojiCell.Sign?) -> Colour {
        sign.flatMap { places[$0] }.map { kinds[$0].colour } ?? FigureStyle.missing
    }
}
