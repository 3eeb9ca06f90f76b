import Interpretability
import Testing

/// The search for a smallest flipping set, over games whose answer is known.
@Suite struct FlipSearchTests {
    /// Each cell weighs something; the prediction is 1 where the weights reach a threshold.
    private func find(_ weights: [Double], threshold: Double) async throws -> FlipSearch.Finding? {
        let outcome = { (cells: [Int]) in
            let sum = cells.reduce(0) { $0 + weights[$1] }
            return SweepOutcome(metric: sum, answer: sum >= threshold ? 1 : 0)
        }
        return try await FlipSearch(target: 1)(weights.indices.map { outcome([$0]) }, effect: \.metric) { sets in
            sets.map(outcome)
        }
    }

    @Test func oneCellIsEnough() async throws {
        let found = try #require(try await find([0.1, 3, 0.2, 2], threshold: 2))
        #expect(found.cells == [1] && found.proof == .smallest && found.outcome.answer == 1)
    }

    @Test func ofPairsTheStrongest() async throws {
        let found = try #require(try await find([1, 0.2, 1.5, 1.2], threshold: 2))
        #expect(Set(found.cells) == [2, 3] && found.proof == .smallest)
    }

    @Test(arguments: [3, 7, 19, 60]) func asManyAsItTakes(_ needed: Int) async throws {
        let weights = (0..<64).map { 1 + Double($0 % 7) * 1e-6 }
        let found = try #require(try await find(weights, threshold: Double(needed)))
        #expect(found.cells.count == needed && Set(found.cells).count == needed)
        #expect(found.proof == .irreducible)
    }

    /// The most effective cell of all does not help the others: it must not stay in the set.
    @Test func whatIsNotNeededIsTakenOut() async throws {
        let outcome = { (cells: [Int]) in
            let flips = Set(cells).isSuperset(of: [1, 2, 3])
            return SweepOutcome(metric: Double(cells.map { 10 - $0 }.max() ?? 0), answer: flips ? 1 : 0)
        }
        let found = try #require(
            try await FlipSearch(target: 1)((0..<8).map { outcome([$0]) }, effect: \.metric) { $0.map(outcome) })
        #expect(Set(found.cells) == [1, 2, 3] && found.proof == .irreducible)
    }

    @Test func whereNothingFlipsNothingIsFound() async throws {
        #expect(try await find([0.1, 0.2], threshold: 5) == nil)
        #expect(try await find([.nan], threshold: 5) == nil)
    }
}
