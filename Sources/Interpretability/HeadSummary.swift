internal import Foundation
public import Tensors

/// Every ``HeadScore`` of every head of one picture, and what attention that is the same everywhere would score.
public struct HeadSummary: Sendable {
    /// The scores that this layout has, in their order, each [layer, head].
    public let scores: [(name: String, values: Tensor)]
    /// For masses and distances: what a head scores that looks everywhere alike.
    let uniform: [String: Double]
    let layout: PatchLayout

    /// A head with a row that is no distribution has no scores: they are not finite.
    /// - Parameter pattern: [layer, head, query, key].
    /// - Precondition: as many queries and keys as the layout has positions.
    public init(of pattern: Tensor, _ layout: PatchLayout, on crew: Crew = .solo) {
        let (layers, heads) = (pattern.shape[0], pattern.shape[1])
        precondition(
            pattern.shape[2...] == [layout.positions, layout.positions],
            "\(pattern.shape) for \(layout.positions) positions")
        let plans = HeadScore.all.filter { $0.exists(in: layout) }.map { ScorePlan($0, layout) }
        let maps = pattern.reshaped([layers * heads, layout.positions, layout.positions])
        let values = crew.collect(layers * heads) { head in
            maps.row(head).withSpan { map in
                let isWhole = (0..<layout.positions).allSatisfy { map.isDistribution(row: $0, of: layout.positions) }
                return plans.map { isWhole ? $0.score(map) : .nan }
            }
        }
        scores = plans.enumerated().map { index, plan in
            (plan.name, Tensor(shape: [layers, heads], elements: values.map { Float($0[index]) }))
        }
        uniform = Dictionary(uniqueKeysWithValues: plans.compactMap { plan in plan.uniform.map { (plan.name, $0) } })
        self.layout = layout
    }

    private init(scores: [(name: String, values: Tensor)], uniform: [String: Double], layout: PatchLayout) {
        (self.scores, self.uniform, self.layout) = (scores, uniform, layout)
    }

    /// The mean over pictures of one layout.
    /// - Precondition: at least one.
    public static func mean(of summaries: [HeadSummary]) -> HeadSummary {
        precondition(!summaries.isEmpty, "no summary to take the mean of")
        let first = summaries[0]
        let scores = first.scores.indices.map { index in
            let columns = summaries.map { $0.scores[index].values.elements }
            let mean = columns[0].indices.map { head in
                Float(columns.reduce(0.0) { $0 + Double($1[head]) } / Double(columns.count))
            }
            return (first.scores[index].name, Tensor(shape: first.scores[index].values.shape, elements: mean))
        }
        return HeadSummary(scores: scores, uniform: first.uniform, layout: first.layout)
    }
}

/// A score made ready for one layout: which keys count for which query is looked up, not worked out, for each head.
private struct ScorePlan: Sendable {
    let name: String
    let uniform: Double?
    private let measure: HeadScore.Measure
    private let layout: PatchLayout
    /// For masses: the keys of the queries that have some.
    private let keys: [(query: Int, keys: [Int])]
    /// For distances: [patch, patch].
    private let distances: [Double]

    init(_ score: HeadScore, _ layout: PatchLayout) {
        name = score.name
        measure = score.measure
        self.layout = layout
        switch score.measure {
        case .mass(let keysOf):
            keys = (0..<layout.positions).compactMap { query in keysOf(query, layout).map { (query, $0) } }
            distances = []
            uniform = keys.reduce(0.0) { $0 + Double($1.keys.count) } / Double(keys.count * layout.positions)
        case .distance:
            keys = []
            distances = layout.distances
            uniform = distances.reduce(0, +) / Double(distances.count)
        case .entropy, .agreement: (keys, distances, uniform) = ([], [], nil)
        }
    }

    /// - Parameter map: [query, key], flat.
    func score(_ map: Span<Float>) -> Double {
        switch measure {
        case .entropy: entropy(map)
        case .distance: distance(map)
        case .mass: mass(map)
        case .agreement: agreement(map)
        }
    }

    private func entropy(_ map: Span<Float>) -> Double {
        var sum = 0.0
        for index in map.indices where map[index] != 0 {
            let share = Double(map[index])
            sum -= share * log(share)
        }
        return sum / Double(layout.positions)
    }

    private func mass(_ map: Span<Float>) -> Double {
        var sum = 0.0
        for (query, keys) in keys {
            let start = query * layout.positions
            for key in keys { sum += Double(map[start + key]) }
        }
        return sum / Double(keys.count)
    }

    private func agreement(_ map: Span<Float>) -> Double {
        let count = layout.positions
        var mean = [Double](repeating: 0, count: count)
        for query in 0..<count { for key in 0..<count { mean[key] += Double(map[query * count + key]) } }
        for key in 0..<count { mean[key] /= Double(count) }
        var sum = 0.0
        for query in 0..<count { for key in 0..<count { sum += min(Double(map[query * count + key]), mean[key]) } }
        return sum / Double(count)
    }

    private func distance(_ map: Span<Float>) -> Double {
        var sum = 0.0
        for query in 0..<layout.patches {
            let start = (layout.prefix + query) * layout.positions + layout.prefix
            var (share, way) = (0.0, 0.0)
            for key in 0..<layout.patches {
                let weight = Double(map[start + key])
                share += weight
                way += weight * distances[query * layout.patches + key]
            }
            if share > 0 { sum += way / share }
        }
        return sum / Double(layout.patches)
    }
}

extension Span<Float> {
    /// Whether a row of a pattern adds up to something. Scores that are no numbers give a row of zeros, as in ViT-Prisma: such
    /// a query looks nowhere.
    func isDistribution(row: Int, of count: Int) -> Bool {
        var sum: Float = 0
        for index in (row * count)..<((row + 1) * count) { sum += self[index] }
        return sum > 0
    }
}

extension PatchLayout {
    /// Euclidean, in patches: [patch, patch], flat.
    var distances: [Double] {
        (0..<patches).flatMap { query in
            (0..<patches).map { key in
                let rows = Double(query / columns - key / columns)
                let columns = Double(query % columns - key % columns)
                return (rows * rows + columns * columns).squareRoot()
            }
        }
    }
}
