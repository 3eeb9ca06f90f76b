/// One number that sums up a head's map A [query, key], whose rows are distributions over the keys.
///
/// A mass is Σ over the keys it looks at of A[query, key], averaged over the queries that have such keys: the left column
/// of patches has no previous patch, the class token no row.
public struct HeadScore: Sendable {
    /// As answers call it.
    public let name: String
    /// A sentence about a head that scores high.
    public let sentence: String
    let measure: Measure

    enum Measure: Sendable {
        /// −Σ A ln A, in nats.
        case entropy
        /// Σ A · distance over patches, rows renormalised over them.
        case distance
        /// Σ min(A[query, ·], Ā) with the mean row Ā.
        case agreement
        /// Of each query, the keys that count; `nil` for a query without such keys.
        case mass(@Sendable (_ query: Int, PatchLayout) -> [Int]?)
    }

    /// Every score, in the order in which answers list them. A new one is an element here.
    public static let all: [HeadScore] = [
        entropy, attentionToCLS, meanDistance, itself, corner, edge, row, column, previousPatch, nextPatch, previousRow,
        nextRow, agreement,
    ]

    /// Mean entropy of the rows, in nats: ln(positions) for a head that looks everywhere alike.
    public static let entropy = HeadScore(
        name: "entropy", sentence: "Every query spreads its attention over many patches.", measure: .entropy)

    /// Mass on the class token.
    public static let attentionToCLS = HeadScore(
        name: "attention_to_cls", sentence: "Every query looks at the class token.",
        measure: .mass { _, layout in layout.hasClassToken ? [0] : nil })

    /// Mean distance between a patch and the patches it looks at, in patches (Dosovitskiy et al. 2021,
    /// arXiv:2010.11929, figure 7, there in pixels).
    public static let meanDistance = HeadScore(
        name: "mean_distance", sentence: "Patches look far across the picture.", measure: .distance)

    /// Mass on the query itself.
    public static let itself = HeadScore(
        name: "self", sentence: "Every position looks at itself.", measure: .mass { query, _ in [query] })

    /// Mass on the four corner patches.
    public static let corner = HeadScore(
        name: "corner", sentence: "Whatever the query, the head looks at the corners of the picture.",
        measure: .mass { _, layout in layout.corners })

    /// Mass on the border of the picture.
    public static let edge = HeadScore(
        name: "edge", sentence: "Whatever the query, the head looks at the border of the picture.",
        measure: .mass { _, layout in layout.border })

    /// Mass on the other patches of the query's row.
    public static let row = HeadScore(
        name: "row", sentence: "Every patch looks along its own row.",
        measure: .mass { query, layout in
            layout.others(of: query) { $0.row == $1.row }
        })

    /// Mass on the other patches of the query's column.
    public static let column = HeadScore(
        name: "column", sentence: "Every patch looks along its own column.",
        measure: .mass { query, layout in
            layout.others(of: query) { $0.column == $1.column }
        })

    /// Mass on the patch to the left.
    public static let previousPatch = neighbour(
        "previous_patch", "Every patch looks at the one to its left.", rows: 0, columns: -1)

    /// Mass on the patch to the right.
    public static let nextPatch = neighbour(
        "next_patch", "Every patch looks at the one to its right.", rows: 0, columns: 1)

    /// Mass on the patch above.
    public static let previousRow = neighbour(
        "previous_row", "Every patch looks at the one above it.", rows: -1, columns: 0)

    /// Mass on the patch below.
    public static let nextRow = neighbour("next_row", "Every patch looks at the one below it.", rows: 1, columns: 0)

    /// How alike the queries look: the mean overlap of their rows with the mean row, 1 where all are the same.
    public static let agreement = HeadScore(
        name: "agreement", sentence: "Whatever the query, the head looks at the same few patches.", measure: .agreement)

    private static func neighbour(_ name: String, _ sentence: String, rows: Int, columns: Int) -> HeadScore {
        HeadScore(
            name: name, sentence: sentence,
            measure: .mass { query, layout in
                layout.place(of: query).flatMap { place in
                    layout.position(row: place.row + rows, column: place.column + columns).map { [$0] }
                }
            })
    }

    /// The names of the scores that heads of this layout have, in order.
    public static func names(in layout: PatchLayout) -> [String] { all.filter { $0.exists(in: layout) }.map(\.name) }

    /// Whether a head of this layout can have the score at all.
    func exists(in layout: PatchLayout) -> Bool {
        guard case .mass(let keys) = measure else { return true }
        return (0..<layout.positions).contains { keys($0, layout) != nil }
    }
}

extension PatchLayout {
    /// The patches other than the query that stand to it as `belongs` says; `nil` where there are none.
    fileprivate func others(
        of query: Int, where belongs: (_ own: (row: Int, column: Int), _ other: (row: Int, column: Int)) -> Bool
    ) -> [Int]? {
        guard let own = place(of: query) else { return nil }
        let keys = (prefix..<positions).filter { position in
            position != query && place(of: position).map { belongs(own, $0) } ?? false
        }
        return keys.isEmpty ? nil : keys
    }
}
