/// Heads by kind, the clearest first: the stations of a walk through a model's attention.
public struct HeadTour: Sendable {
    /// One kind with the heads that are of it.
    public struct Station: Sendable {
        /// As ``HeadKind/names`` has it.
        public let kind: String
        /// What such heads do.
        public let sentence: String
        /// The clearest first; layers and heads as numbered in the model.
        public let heads: [(layer: Int, head: Int, score: Double)]
    }

    /// In the order of ``HeadKind/names``; kinds without heads are left out.
    public let stations: [Station]

    /// - Parameters:
    ///   - kinds: [layer][head], of the layers and heads given; heads without a kind are no station.
    ///   - layers: what the rows are called.
    ///   - heads: what the columns are called.
    public init(_ kinds: [[HeadKind?]], layers: [Int], heads: [Int]) {
        stations = HeadKind.names.compactMap { name in
            var found: [(layer: Int, head: Int, score: Double)] = []
            var sentence = ""
            for (row, layer) in zip(kinds, layers) {
                for (kind, head) in zip(row, heads) {
                    guard let kind, kind.name == name else { continue }
                    found.append((layer, head, kind.score))
                    sentence = kind.sentence
                }
            }
            guard !found.isEmpty else { return nil }
            found.sort { ($0.score, -$0.layer, -$0.head) > ($1.score, -$1.layer, -$1.head) }
            return Station(kind: name, sentence: sentence, heads: found)
        }
    }
}
