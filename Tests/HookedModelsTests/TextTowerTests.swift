import HookedModels
import ServiceTesting
import Tensors
import Testing

/// Text towers: what must hold of them beside the numbers of the reference libraries.
@Suite struct TextTowerTests {
    private static let layouts = TinyModel.Layout.allCases.filter(\.hasText)

    private func model(_ layout: TinyModel.Layout) throws -> HookedModel {
        try #require(try TinyModel(layout).loadText())
    }

    /// Token ids [text, position] with the largest, which ends a text, at the places given.
    private func texts(ends: [Int], for model: HookedModel, seed: UInt64 = 5) throws -> Tensor {
        let text = try #require(model.architecture.text)
        var generator = SeededGenerator(seed: seed)
        return Tensor(shape: [ends.count, text.context]) { target in
            for index in target.indices {
                let isEnd = ends[index / text.context] == index % text.context
                target[index] = Float(
                    isEnd ? text.vocabulary - 1 : .random(in: 0..<(text.vocabulary - 1), using: &generator))
            }
        }
    }

    @Test(arguments: TinyModel.Layout.allCases.filter { !$0.hasText })
    func modelsOfPicturesAloneHaveNone(_ layout: TinyModel.Layout) throws {
        #expect(try TinyModel(layout).loadText() == nil)
    }

    @Test(arguments: layouts)
    func aTowerIsWhatItsFilesSay(_ layout: TinyModel.Layout) throws {
        let model = try model(layout)
        #expect(model.family == layout.family)
        #expect(model.architecture.text?.vocabulary == 30)
        #expect(model.architecture.inputShape == [7])
        #expect(model.architecture.width == 16 && model.architecture.heads == 2 && model.architecture.neurons == 20)
        #expect(model.architecture.outputShape == [5])
    }

    @Test(arguments: layouts)
    func thePassGivesTheShapesOfTheTable(_ layout: TinyModel.Layout) throws {
        let model = try model(layout)
        let result = try model.run(texts(ends: [2, 6], for: model), capturing: ["*"])
        let entries = HookTable(model.architecture, flags: HookFlags()).entries
        #expect(result.captures.map(\.name) == entries.map(\.point.name))
        for (capture, entry) in zip(result.captures, entries) {
            #expect(capture.values.shape == [2] + entry.shape, "\(capture.name)")
        }
    }

    /// Tokens after the end cannot reach it.
    @Test(arguments: layouts)
    func whatFollowsTheEndOfATextChangesNothing(_ layout: TinyModel.Layout) throws {
        let model = try model(layout)
        let text = try texts(ends: [3], for: model)
        let other = try texts(ends: [3], for: model, seed: 6)
        let changed = Tensor.concatenated([text.slice(axis: 1, 0..<4), other.slice(axis: 1, 4..<7)], axis: 1)
        #expect(changed.elements != text.elements)
        let outputs = try [text, changed].map { try #require(try model.run($0).output).joined }
        #expect(Pictures.difference(outputs[0], outputs[1]) <= Pictures.rounding)
        let before = try #require(try model.run(other).output).joined
        #expect(Pictures.difference(outputs[0], before) > 0.01, "what stands before the end does")
    }

    @Test(arguments: layouts)
    func aBatchGivesWhatEachTextGivesAlone(_ layout: TinyModel.Layout) throws {
        let model = try model(layout)
        let texts = try texts(ends: [1, 6, 3, 4, 2], for: model)
        let together = try #require(try model.run(texts, on: Crew(width: 3)).output).joined
        for row in 0..<5 {
            let alone = try #require(try model.run(texts.rows(row..<(row + 1))).output).joined
            #expect(Pictures.difference(together.rows(row..<(row + 1)), alone) <= Pictures.rounding, "text \(row)")
        }
    }
}
