import Checkpoints
import Foundation
import HookedModels
import ServiceTesting
import Tensors
import Testing

/// The parameters under the field's names are the checkpoint's own, element by element.
@Suite struct HookedModelWeightsTests {
    /// A checkpoint with its model.
    struct Sample: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let tensors: @Sendable () throws -> [String: Tensor]
        let model: @Sendable () throws -> HookedModel

        static let tiny = TinyModel.Layout.allCases.map { layout in
            // A width that no panel of the packed matrices divides, and as many heads as differ from everything else.
            let tiny = TinyModel(layout, layers: 2, width: 36, heads: 4, neurons: 45, image: 24, patch: 8, classes: 7)
            return Sample(testDescription: "\(layout)") {
                Dictionary(uniqueKeysWithValues: tiny.checkpoint.tensors.map { ($0.name, $0.value.tensor) })
            } model: {
                try tiny.load()
            }
        }

        static let fixtures = Golden.models.map { name in
            let folder = Golden.fixtures.appending(path: "models/\(name)/checkpoint").path
            return Sample(testDescription: name) {
                let checkpoint = try Checkpoint(path: folder)
                return try Dictionary(
                    uniqueKeysWithValues: checkpoint.entries.map { ($0.name, try checkpoint.tensor($0)) })
            } model: {
                try HookedModel(Checkpoint(path: folder))
            }
        }
    }

    @Test(arguments: Sample.tiny + Sample.fixtures)
    func everyParameterIsTheCheckpoints(_ sample: Sample) throws {
        let model = try sample.model()
        let expected = ExpectedWeights(try sample.tensors(), model)
        var absent = 0
        for weight in model.weights {
            let parameter = try expected.parameter(weight.name)
            let tensor = weight.tensor()
            #expect(tensor.shape == weight.shape && weight.byteCount == 4 * tensor.count)
            let wanted = indices(of: weight.shape).map(parameter.element)
            #expect(tensor.elements == wanted, "\(weight.name) \(weight.shape)")
            if !parameter.isThere { absent += tensor.count }
        }
        // All that the checkpoint holds for the model, and zeros for the biases that it leaves out.
        #expect(model.weights.reduce(0) { $0 + $1.byteCount / 4 } == expected.countOfParameters + absent)
    }

    @Test func shapesAreThoseOfTheField() throws {
        let model = try TinyModel(layers: 2, width: 36, heads: 4, neurons: 45, image: 24, patch: 8, classes: 7).load()
        let shapes = Dictionary(uniqueKeysWithValues: model.weights.map { ($0.name, $0.shape) })
        #expect(shapes["cls_token"] == [1, 1, 36])
        #expect(shapes["embed.proj.weight"] == [36, 3, 8, 8])
        #expect(shapes["pos_embed.W_pos"] == [10, 36])
        #expect(shapes["blocks.1.attn.W_Q"] == [4, 36, 9])
        #expect(shapes["blocks.1.attn.W_O"] == [4, 9, 36])
        #expect(shapes["blocks.1.attn.b_V"] == [4, 9])
        #expect(shapes["blocks.1.attn.b_O"] == [36])
        #expect(shapes["blocks.0.mlp.W_in"] == [36, 45])
        #expect(shapes["blocks.0.mlp.W_out"] == [45, 36])
        #expect(shapes["head.W_H"] == [36, 7])
        #expect(shapes.count == 4 + 2 * 16 + 2 + 2)
    }

    @Test func shorterNamesAreTheSameAndStackTheLayers() throws {
        let model = try TinyModel(layers: 3).load()
        for (short, full) in [("W_E", "embed.proj.weight"), ("W_pos", "pos_embed.W_pos"), ("b_H", "head.b_H")] {
            #expect(model.weight(named: short)?.tensor().elements == model.weight(named: full)?.tensor().elements)
        }
        for (short, path) in [("W_K", "attn.W_K"), ("b_O", "attn.b_O"), ("W_out", "mlp.W_out")] {
            let stacked = try #require(model.weight(named: short)).tensor()
            let layers = try (0..<3).map { try #require(model.weight(named: "blocks.\($0).\(path)")).tensor() }
            #expect(stacked.shape == [3] + layers[0].shape)
            #expect(stacked.elements == layers.flatMap(\.elements))
        }
        for alias in HookedModel.weightAliases { #expect(model.weight(named: alias)?.name == alias) }
        #expect(model.weight(named: "blocks.3.attn.W_Q") == nil)
        #expect(model.weight(named: "") == nil)
        #expect(try TinyModel(.huggingFaceFeatures).load().weight(named: "W_H") == nil)
        #expect(try TinyModel(.timmPooled).load().weight(named: "cls_token") == nil)
    }

    /// A checkpoint without biases has them as zeros, as ViT-Prisma has them.
    @Test func aBiasThatIsNotThereIsZero() throws {
        var checkpoint = TinyModel().checkpoint
        checkpoint.tensors.removeAll { $0.name.hasSuffix("attention.query.bias") }
        let model = try checkpoint.load()
        let bias = try #require(model.weight(named: "blocks.0.attn.b_Q")).tensor()
        #expect(bias.shape == [3, 8] && bias.elements.allSatisfy { $0 == 0 })
    }

    /// Every index of a shape, the last axis fastest.
    private func indices(of shape: [Int]) -> [[Int]] {
        shape.reduce([[]]) { prefixes, extent in prefixes.flatMap { prefix in (0..<extent).map { prefix + [$0] } } }
    }
}
