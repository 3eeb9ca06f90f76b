internal import Interpretability
internal import TextNumbers
internal import Web

/// A sweep, batch by batch, the earliest layers first: a line a place.
actor SweepLines<Reading: SweepReading> {
    /// What is still told when every place is known.
    typealias Closing = @Sendable (_ outcomes: [SweepOutcome]) async throws -> AnswerLine

    private let reading: Reading
    private var batches: ArraySlice<[Int]>
    private var known: [SweepOutcome?]
    private var closing: Closing?

    init(_ reading: Reading, closing: Closing? = nil) {
        self.reading = reading
        self.closing = closing
        batches = reading.engine.batches((0..<reading.count).map(reading.row))[...]
        known = Array(repeating: nil, count: reading.count)
    }

    /// The next lines; `nil` at the end.
    func next() async throws -> [AnswerLine]? {
        if let places = batches.popFirst() {
            let outputs = try await reading.engine.outputs(places.map(reading.row))
            return zip(places, outputs).map { place, output in
                let outcome = reading.outcome(output, at: place)
                known[place] = outcome
                return .result(reading.members(place, outcome), tensors: [])
            }
        }
        guard let last = closing else { return nil }
        closing = nil
        return [try await last(known.compactMap { $0 })]
    }

    /// All lines, the first of them already run.
    /// - Parameter members: what the last line tells.
    func answer(last members: [JSONMember]) async throws -> TensorAnswer {
        let first = try await next() ?? []
        return TensorAnswer(
            members: [], tensors: [], lines: AnswerLines(first: first, last: members) { try await self.next() })
    }

    /// What every place gave, in row-major order.
    func all() async throws -> [SweepOutcome] {
        while !batches.isEmpty { _ = try await next() }
        return known.compactMap { $0 }
    }
}
