import Interpretability
import Tensors
import Testing

@Suite struct HeadKindTests {
    private static let layout = PatchLayout(rows: 5, columns: 5, prefix: 1, hasClassToken: true)

    /// The name of a head whose queries look at these keys, with the rest of their attention everywhere.
    private func kind(share: Double = 0.7, _ keys: (_ row: Int, _ column: Int) -> [Int]) -> HeadKind? {
        let layout = Self.layout
        let count = layout.positions
        var elements = [Float](repeating: Float((1 - share) / Double(count)), count: count * count)
        for query in 0..<count {
            let place = layout.place(of: query) ?? (0, 0)
            let keys = keys(place.row, place.column)
            for key in keys { elements[query * count + key] += Float(share / Double(keys.count)) }
            if keys.isEmpty { for key in 0..<count { elements[query * count + key] = 1 / Float(count) } }
        }
        let pattern = Tensor(shape: [1, 1, count, count], elements: elements)
        return HeadKind.all(in: HeadSummary(of: pattern, layout)).first?.first ?? nil
    }

    private func at(_ row: Int, _ column: Int) -> [Int] {
        Self.layout.position(row: row, column: column).map { [$0] } ?? []
    }

    @Test func everyKindIsFoundInAHeadMadeForIt() {
        let layout = Self.layout
        #expect(kind { self.at($0, $1) }?.name == "self")
        #expect(kind { self.at($0, $1 - 1) }?.name == "previous_patch")
        #expect(kind { self.at($0, $1 + 1) }?.name == "next_patch")
        #expect(kind { self.at($0 - 1, $1) }?.name == "previous_row")
        #expect(kind { self.at($0 + 1, $1) }?.name == "next_row")
        #expect(kind { _, _ in [0] }?.name == "cls")
        #expect(kind { _, _ in layout.corners }?.name == "corner")
        #expect(kind { row, _ in (0..<5).flatMap { self.at(row, $0) } }?.name == "row")
        #expect(kind { _, column in (0..<5).flatMap { self.at($0, column) } }?.name == "column")
        #expect(kind { _, _ in layout.border }?.name == "edge")
        let around = { (row: Int, column: Int) in
            (-1...1).flatMap { down in (-1...1).flatMap { across in self.at(row + down, column + across) } }
        }
        #expect(kind(share: 0.9, around)?.name == "local")
        #expect(kind { _, _ in Array(1..<26) }?.name == "broad")
        #expect(kind(share: 1) { _, _ in [13, 8] }?.name == "landmark")
        let scattered = { (row: Int, column: Int) in
            [1 + (row * 11 + column * 7 + 3) % 25, 1 + (row * 5 + column * 13) % 25]
        }
        #expect(kind(share: 1, scattered)?.name == "mixed")
    }

    @Test func theScoreIsTheShareBeyondUniformAttention() throws {
        let found = try #require(kind(share: 0.7) { _, _ in [0] })
        #expect(abs(found.score - 0.7) < 1e-6)
        #expect(!found.sentence.isEmpty)
    }

    @Test func everyNameHasASentence() {
        let tour = HeadTour([[HeadKind]](), layers: [], heads: [])
        #expect(tour.stations.isEmpty)
        #expect(Set(HeadKind.names).count == HeadKind.names.count)
    }

    @Test func theTourTakesTheClearestFirst() throws {
        let (clear, faint) = (try #require(kind(share: 0.9) { _, _ in [0] }), try #require(kind { _, _ in [0] }))
        let broad = try #require(kind { _, _ in Array(1..<26) })
        let tour = HeadTour([[faint, broad], [broad, clear]], layers: [3, 7], heads: [0, 5])
        #expect(tour.stations.map(\.kind) == ["cls", "broad"])
        #expect(tour.stations[0].heads.map(\.layer) == [7, 3])
        #expect(tour.stations[0].heads.map(\.head) == [5, 0])
        #expect(tour.stations[1].heads.map(\.layer) == [3, 7])
    }

    /// A head of which a score is no number has no kind, and the others keep theirs.
    @Test func aHeadThatIsNoNumberHasNoKind() {
        let count = Self.layout.positions
        let fine = [Float](repeating: 1 / Float(count), count: count * count)
        var broken = fine
        for key in 0..<count { broken[3 * count + key] = 0 }  // as softmax leaves what is no number
        let pattern = Tensor(shape: [1, 2, count, count], elements: fine + broken)
        let summary = HeadSummary(of: pattern, Self.layout)
        let kinds = HeadKind.all(in: summary)
        #expect(kinds[0][0]?.name == "broad" && kinds[0][1] == nil)
        let distance = summary.scores.first { $0.name == "mean_distance" }?.values
        #expect(distance?[0, 1].isNaN == true && distance?[0, 0].isFinite == true)
        #expect(HeadTour(kinds, layers: [0], heads: [0, 1]).stations.map(\.kind) == ["broad"])
    }
}
