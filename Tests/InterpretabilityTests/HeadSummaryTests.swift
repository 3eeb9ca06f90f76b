import Foundation
import HookedModels
import Interpretability
import ServiceTesting
import Tensors
import Testing

@Suite struct HeadSummaryTests {
    /// 2 × 3 patches after a class token.
    private static let layout = PatchLayout(rows: 2, columns: 3, prefix: 1, hasClassToken: true)

    /// A map where each query looks at the keys given, evenly.
    private static func map(_ layout: PatchLayout = layout, _ keys: (Int) -> [Int]) -> Tensor {
        var elements = [Float](repeating: 0, count: layout.positions * layout.positions)
        for query in 0..<layout.positions {
            let keys = keys(query)
            for key in keys { elements[query * layout.positions + key] += 1 / Float(keys.count) }
        }
        return Tensor(shape: [1, 1, layout.positions, layout.positions], elements: elements)
    }

    private func scores(_ map: Tensor, _ layout: PatchLayout = layout) -> [String: Float] {
        let summary = HeadSummary(of: map, layout)
        return Dictionary(uniqueKeysWithValues: summary.scores.map { ($0.name, $0.values[0, 0]) })
    }

    @Test func aHeadThatLooksEverywhereAlike() {
        let scores = scores(Self.map { _ in Array(0..<7) })
        let expected: [String: Double] = [
            "entropy": log(7), "attention_to_cls": 1.0 / 7, "self": 1.0 / 7, "corner": 4.0 / 7, "edge": 6.0 / 7,
            "row": 2.0 / 7, "column": 1.0 / 7, "previous_patch": 1.0 / 7, "next_patch": 1.0 / 7,
            "previous_row": 1.0 / 7, "next_row": 1.0 / 7,
        ]
        for (name, value) in expected {
            #expect(abs(Double(scores[name] ?? .nan) - value) < 1e-6, "\(name)")
        }
        // Of 36 pairs of the 2 × 3 grid: 6 at 0, 8 + 6 at 1, 4 at 2, 8 at √2, 4 at √5.
        let sum: Double = 14 + 8 + 8 * 2.0.squareRoot() + 4 * 5.0.squareRoot()
        #expect(abs(Double(scores["mean_distance"] ?? .nan) - sum / 36) < 1e-6)
    }

    @Test func aHeadThatLooksLeftScoresOneWhereThereIsALeft() {
        let layout = Self.layout
        let scores = scores(
            Self.map { query in
                guard let place = layout.place(of: query) else { return [0] }
                return [layout.position(row: place.row, column: place.column - 1) ?? query]
            })
        #expect(scores["previous_patch"] == 1)
        #expect(scores["next_patch"] == 0)
        #expect(scores["previous_row"] == 0)
        #expect(abs((scores["self"] ?? .nan) - 3 / 7) < 1e-6)
        #expect(abs((scores["mean_distance"] ?? .nan) - 4 / 6) < 1e-6)
    }

    @Test func aModelWithoutClassTokenHasNoScoreForOne() {
        let layout = PatchLayout(rows: 2, columns: 2, prefix: 0, hasClassToken: false)
        let scores = scores(Self.map(layout) { _ in [0] }, layout)
        #expect(scores["attention_to_cls"] == nil)
        #expect(scores["corner"] == 1)
    }

    @Test func aPictureOfOnePatchHasNoNeighbours() {
        let layout = PatchLayout(rows: 1, columns: 1, prefix: 1, hasClassToken: true)
        let scores = scores(Self.map(layout) { _ in [1] }, layout)
        #expect(
            Set(scores.keys) == ["entropy", "attention_to_cls", "mean_distance", "self", "corner", "edge", "agreement"])
        #expect(scores["mean_distance"] == 0)
        #expect(scores["self"] == 0.5)
    }

    @Test func agreementIsTheOverlapWithTheMeanRow() {
        #expect(scores(Self.map { _ in [2, 3] })["agreement"] == 1)
        // Each query looks at a key of its own: each row shares 1/7 with the mean row.
        #expect(abs((scores(Self.map { [$0] })["agreement"] ?? .nan) - 1 / 7) < 1e-6)
    }

    @Test func rowsWithoutWeightOnPatchesHaveNoDistance() {
        #expect(scores(Self.map { _ in [0] })["mean_distance"] == 0)
    }

    @Test func theMeanIsTakenHeadByHead() {
        let (one, other) = (Self.map { _ in [0] }, Self.map { _ in [1] })
        let mean = HeadSummary.mean(of: [one, other].map { HeadSummary(of: $0, Self.layout) })
        let values = Dictionary(uniqueKeysWithValues: mean.scores.map { ($0.name, $0.values[0, 0]) })
        #expect(values["attention_to_cls"] == 0.5)
        #expect(values["corner"] == 0.5)
    }

    @Test(arguments: AnalysisReference.golden)
    func theGoldenScoresAreMet(_ reference: AnalysisReference) throws {
        let model = try reference.load()
        let truth = try reference.tensors("attention")
        let activations = try reference.activations(["blocks.*.hook_pattern"], of: model)
        let layers = (0..<model.architecture.layers).map { activations["blocks.\($0).attn.hook_pattern"] }
        let names = [
            "entropy": "pattern_entropy", "mean_distance": "mean_attention_distance",
            "attention_to_cls": "attention_to_cls",
        ]
        for picture in 0..<2 {
            let pieces = layers.compactMap { $0?.rows(picture..<(picture + 1)) }
            let summary = HeadSummary(of: Tensor.concatenated(pieces), PatchLayout(model.architecture))
            for (ours, theirs) in names {
                let expected = try #require(truth[theirs]).slice(axis: 1, picture..<(picture + 1))
                let found = try #require(summary.scores.first { $0.name == ours }).values
                let difference = relativeDifference(found, expected.reshaped(found.shape))
                #expect(difference <= float32Tolerance, "\(ours)")
            }
        }
    }
}
