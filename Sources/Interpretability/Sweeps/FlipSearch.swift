/// A search for a smallest set of cells that, patched together, turn the prediction of one run into that of the other.
///
/// One cell is tried after the other (the sweep itself), then pairs of the most effective ones; then more and more of them,
/// the most effective first, until the prediction flips, and of that set every cell is taken out that is not needed. Only
/// the first step is exhaustive: ``Finding/Proof`` tells what is known of the set.
public struct FlipSearch: Sendable {
    /// What was found.
    public struct Finding: Sendable, Equatable {
        /// What is known of its size.
        public enum Proof: String, Sendable {
            /// No smaller set flips the prediction: it is one cell, or two where no single one does and all pairs were tried.
            case smallest
            /// Without any one of its cells it does not flip.
            case irreducible
        }

        /// Places of the cells.
        public let cells: [Int]
        /// What they give together.
        public let outcome: SweepOutcome
        /// What is known of the set.
        public let proof: Proof
    }

    /// Runs sets of cells: an outcome each.
    public typealias Evaluation = (_ sets: [[Int]]) async throws -> [SweepOutcome]

    /// The class that the prediction is to become.
    public let target: Int
    /// Cells that pairs are made of.
    public static let pairedCells = 24

    /// A search for sets that make the prediction `target`.
    public init(target: Int) { self.target = target }

    /// - Parameters:
    ///   - singles: what each cell gives alone.
    ///   - effect: how far an outcome goes towards the target; larger is farther.
    /// - Returns: the set; `nil` where not even all cells together flip the prediction.
    public func callAsFunction(
        _ singles: [SweepOutcome], effect: (SweepOutcome) -> Double, _ evaluate: Evaluation
    ) async throws -> Finding? {
        let strength = singles.map { effect($0).isNaN ? -Double.infinity : effect($0) }
        let ranked = singles.indices.sorted { (strength[$0], $1) > (strength[$1], $0) }
        if let best = ranked.first(where: { singles[$0].answer == target }) {
            return Finding(cells: [best], outcome: singles[best], proof: .smallest)
        }
        if let pair = try await pair(of: ranked, effect, evaluate) {
            return Finding(
                cells: pair.cells, outcome: pair.outcome,
                proof: ranked.count <= Self.pairedCells ? .smallest : .irreducible)
        }
        return try await reduced(ranked, evaluate)
    }

    private func pair(
        of ranked: [Int], _ effect: (SweepOutcome) -> Double, _ evaluate: Evaluation
    ) async throws -> (cells: [Int], outcome: SweepOutcome)? {
        let best = ranked.prefix(Self.pairedCells)
        var pairs: [[Int]] = []
        for (place, first) in best.enumerated() { pairs += best.dropFirst(place + 1).map { [first, $0] } }
        guard !pairs.isEmpty else { return nil }
        let outcomes = try await evaluate(pairs)
        let flipping = pairs.indices.filter { outcomes[$0].answer == target }
        return flipping.max { effect(outcomes[$0]) < effect(outcomes[$1]) }
            .map { (pairs[$0], outcomes[$0]) }
    }

    /// The shortest run of the most effective cells that flips, without those that it does not need.
    private func reduced(_ ranked: [Int], _ evaluate: Evaluation) async throws -> Finding? {
        var sizes: [Int] = []
        var size = 3
        while size < ranked.count {
            sizes.append(size)
            size *= 2
        }
        sizes.append(ranked.count)
        let outcomes = try await evaluate(sizes.map { Array(ranked.prefix($0)) })
        guard let place = outcomes.firstIndex(where: { $0.answer == target }) else { return nil }
        var best = (cells: Array(ranked.prefix(sizes[place])), outcome: outcomes[place])
        var lower = place == 0 ? 2 : sizes[place - 1]
        while best.cells.count - lower > 1 {
            let middle = (best.cells.count + lower) / 2
            let outcome = try await evaluate([Array(ranked.prefix(middle))])[0]
            if outcome.answer == target {
                best = (Array(ranked.prefix(middle)), outcome)
            } else {
                lower = middle
            }
        }
        return try await pruned(best.cells, best.outcome, evaluate)
    }

    /// Takes cells out, the least effective first, as long as the rest still flips.
    private func pruned(
        _ cells: [Int], _ outcome: SweepOutcome, _ evaluate: Evaluation
    ) async throws -> Finding {
        var (cells, outcome) = (cells, outcome)
        while cells.count > 1 {
            let sets = cells.indices.reversed().map { place in cells.indices.filter { $0 != place }.map { cells[$0] } }
            let outcomes = try await evaluate(sets)
            guard let place = outcomes.firstIndex(where: { $0.answer == target }) else { break }
            (cells, outcome) = (sets[place], outcomes[place])
        }
        return Finding(cells: cells, outcome: outcome, proof: cells.count == 1 ? .smallest : .irreducible)
    }
}
