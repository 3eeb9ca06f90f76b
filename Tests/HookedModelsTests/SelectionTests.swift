import HookedModels
import ServiceTesting
import Tensors
import Testing

/// What a slice or a reduction gives is what the whole activation has at those places.
@Suite struct SelectionTests {
    static let model = Result { try TinyModel().load() }

    private func both(_ hook: String, _ selection: Selection) throws -> (whole: Tensor, part: Tensor) {
        let model = try Self.model.get()
        let pixels = Pictures.random(3, for: model)
        return (
            try #require(try model.run(pixels, capturing: [hook])[hook]),
            try #require(try model.run(pixels, capturing: [hook], selection)[hook])
        )
    }

    @Test(arguments: [
        (Selection.Positions.cls, [0]), (.patches, Array(1..<17)), (.indices([5]), [5]),
        (.indices([-1, 0, 5, 5]), [16, 0, 5, 5]),
        (.indices([3, 4, 5]), [3, 4, 5]), (.indices([5, 4]), [5, 4]),
    ])
    func positionsAreThoseOfTheWhole(_ positions: Selection.Positions, _ indices: [Int]) throws {
        let (whole, part) = try both("blocks.0.hook_resid_post", .init(positions: positions))
        #expect(part.shape == [3, indices.count, 24])
        for input in 0..<3 {
            for (place, index) in indices.enumerated() {
                for feature in 0..<24 { #expect(part[input, place, feature] == whole[input, index, feature]) }
            }
        }
    }

    @Test func theQueriesOfAPatternAreItsPositions() throws {
        let (whole, part) = try both("blocks.1.attn.hook_pattern", .init(positions: .indices([2, -1]), heads: [2, 0]))
        #expect(part.shape == [3, 2, 2, 17])
        for input in 0..<3 {
            for (head, from) in [2, 0].enumerated() {
                for (query, row) in [2, 16].enumerated() {
                    for key in 0..<17 { #expect(part[input, head, query, key] == whole[input, from, row, key]) }
                }
            }
        }
    }

    @Test func headsAndFeaturesAreThoseOfTheWhole() throws {
        let (whole, part) = try both(
            "blocks.1.attn.hook_v", .init(positions: .indices([4]), heads: [-1], features: [7, 2]))
        #expect(part.shape == [3, 1, 1, 2])
        for input in 0..<3 {
            #expect(part[input, 0, 0, 0] == whole[input, 4, 2, 7])
            #expect(part[input, 0, 0, 1] == whole[input, 4, 2, 2])
        }
    }

    @Test(arguments: Selection.Reduction.allCases, [Selection.Positions.all, .patches, .indices([1, 9, -2])])
    func aReductionIsThatOfTheChosenPositions(_ reduction: Selection.Reduction, _ positions: Selection.Positions) throws
    {
        let (whole, part) = try both("blocks.0.mlp.hook_post", .init(positions: positions, reduction: reduction))
        let chosen: [Int] =
            switch positions {
            case .patches: Array(1..<17)
            case .indices(let indices): indices.map { $0 < 0 ? $0 + 17 : $0 }
            default: Array(0..<17)
            }
        #expect(part.shape == [3, 1, 40])
        for input in 0..<3 {
            for feature in 0..<40 {
                let values = chosen.map { Double(whole[input, $0, feature]) }
                let expected = Self.reduce(values, reduction)
                #expect(abs(Double(part[input, 0, feature]) - expected) <= 1e-6 * max(1, abs(expected)))
            }
        }
    }

    @Test(arguments: Selection.Reduction.allCases)
    func aPatternIsReducedOverItsQueries(_ reduction: Selection.Reduction) throws {
        let (whole, part) = try both("blocks.0.attn.hook_pattern", .init(heads: [1], reduction: reduction))
        #expect(part.shape == [3, 1, 1, 17])
        for key in 0..<17 {
            let expected = Self.reduce((0..<17).map { Double(whole[2, 1, $0, key]) }, reduction)
            #expect(abs(Double(part[2, 0, 0, key]) - expected) <= 1e-6)
        }
    }

    private static func reduce(_ values: [Double], _ reduction: Selection.Reduction) -> Double {
        switch reduction {
        case .mean: values.reduce(0, +) / Double(values.count)
        case .norm: values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        case .max: values.max() ?? -.infinity
        }
    }

    /// A maximum over something that is no number is no number: it must not be hidden.
    @Test(arguments: Selection.Reduction.allCases)
    func whatIsNoNumberStaysNoNumber(_ reduction: Selection.Reduction) throws {
        let model = try Self.model.get()
        let shape = [1] + model.architecture.inputShape
        let pixels = Tensor(repeating: .nan, shape: shape)
        let hook = "blocks.0.hook_resid_pre"
        let part = try #require(try model.run(pixels, capturing: [hook], .init(reduction: reduction))[hook])
        #expect(part.elements.allSatisfy { $0.isNaN })
    }

    /// `hook_embed` is taken before the class token joins.
    @Test func theClassTokenOfTheBareEmbeddingIsEmpty() throws {
        let (_, part) = try both("hook_embed", .init(positions: .cls))
        #expect(part.shape == [3, 0, 24])
        #expect(part.elements.isEmpty)
    }
}
