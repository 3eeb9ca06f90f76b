internal import Interpretability
internal import TextNumbers
internal import Web

/// A patching sweep, batch by batch: a line a cell, and at the end one of the search.
actor SweepLines {
    private let reading: PatchingReading
    private var batches: ArraySlice<[Sweep.Cell]>
    private var searches: Bool
    private var known: [SweepOutcome?]
    /// What the search found, when it is done.
    private(set) var found: PatchingReading.FoundFlip?

    init(_ reading: PatchingReading, searches: Bool) {
        self.reading = reading
        self.searches = searches
        batches = reading.batches()[...]
        known = Array(repeating: nil, count: reading.sweep.count)
    }

    /// What every cell gave, in row-major order, when all have been run.
    var outcomes: [SweepOutcome] { known.compactMap { $0 } }

    /// The next lines; `nil` at the end.
    func next() async throws -> [AnswerLine]? {
        if let cells = batches.popFirst() {
            let outcomes = try await reading.outcomes(cells)
            for (cell, outcome) in zip(cells, outcomes) { known[cell.index] = outcome }
            return zip(cells, outcomes).map { .result(reading.members($0, $1), tensors: []) }
        }
        guard searches else { return nil }
        searches = false
        let found = PatchingReading.FoundFlip(finding: try await reading.search(outcomes))
        self.found = found
        return [.result([JSONMember("search", reading.document(found))], tensors: [])]
    }
}
