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

        static let fixtures = ["hf_vit", "hf_vit_model", "timm_vit", "timm_vit_gap"].map { name in
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

    /// `y = x · W`, with the axes of PyTorch's weight [output, input] taken apart by hand.
    private struct Expected {
        let source: [String: Tensor]
        let model: HookedModel
        private var isTimm: Bool { model.family == "timm_vit" }
        private var prefix: String { source.keys.contains { $0.hasPrefix("vit.") } ? "vit." : "" }

        func tensor(_ name: String) throws -> Tensor { try #require(source[name], "\(name)") }

        /// The checkpoint's element at an index of the parameter; `nil` where the checkpoint has no such parameter.
        func element(_ name: String) throws -> (([Int]) -> Float)? {
            let parts = name.split(separator: ".").map(String.init)
            if parts[0] == "blocks", let layer = Int(parts[1]) { return try inBlock(layer, parts[2], parts[3]) }
            let names =
                isTimm
                ? ["embed": "patch_embed.proj", "ln_final": "norm", "head": "head"]
                : [
                    "embed": prefix + "embeddings.patch_embeddings.projection", "ln_final": prefix + "layernorm",
                    "head": "classifier",
                ]
            switch name {
            case "cls_token":
                let token = try tensor(isTimm ? "cls_token" : prefix + "embeddings.cls_token")
                return { token[$0[0], $0[1], $0[2]] }
            case "pos_embed.W_pos":
                let positions = try tensor(isTimm ? "pos_embed" : prefix + "embeddings.position_embeddings")
                return { positions[0, $0[0], $0[1]] }
            case "embed.proj.weight":
                let kernel = try tensor(names["embed", default: ""] + ".weight")
                return { kernel[$0[0], $0[1], $0[2], $0[3]] }
            case "embed.proj.bias", "ln_final.b", "head.b_H":
                let bias = try tensor(names[parts[0], default: ""] + ".bias")
                return { bias[$0[0]] }
            case "ln_final.w":
                let weight = try tensor("\(names["ln_final", default: ""]).weight")
                return { weight[$0[0]] }
            case "head.W_H":
                let weight = try tensor("\(names["head", default: ""]).weight")
                return { weight[$0[1], $0[0]] }
            default: return nil
            }
        }

        private func inBlock(_ layer: Int, _ part: String, _ name: String) throws -> (([Int]) -> Float)? {
            let block = isTimm ? "blocks.\(layer)." : prefix + "encoder.layer.\(layer)."
            let (heads, width) = (model.architecture.heads, model.architecture.headWidth)
            let norms =
                isTimm ? ["ln1": "norm1", "ln2": "norm2"] : ["ln1": "layernorm_before", "ln2": "layernorm_after"]
            if let norm = norms[part] {
                let values = try tensor(block + norm + (name == "w" ? ".weight" : ".bias"))
                return { values[$0[0]] }
            }
            let kind = name.hasPrefix("W") ? ".weight" : ".bias"
            switch name {
            case "W_in", "b_in", "W_out", "b_out":
                let (input, output) = isTimm ? ("mlp.fc1", "mlp.fc2") : ("intermediate.dense", "output.dense")
                let values = try tensor(block + (name.hasSuffix("in") ? input : output) + kind)
                return { $0.count == 2 ? values[$0[1], $0[0]] : values[$0[0]] }
            case "W_O", "b_O":
                let values = try tensor(block + (isTimm ? "attn.proj" : "attention.output.dense") + kind)
                return { $0.count == 3 ? values[$0[2], $0[0] * width + $0[1]] : values[$0[0]] }
            default:
                let third = ["Q": 0, "K": 1, "V": 2][name.suffix(1), default: -1]
                let names = ["query", "key", "value"].map { "attention.attention.\($0)" }
                let values = try tensor(block + (isTimm ? "attn.qkv" : names[third]) + kind)
                let first = isTimm ? third * heads * width : 0
                return {
                    $0.count == 3
                        ? values[first + $0[0] * width + $0[2], $0[1]] : values[first + $0[0] * width + $0[1]]
                }
            }
        }
    }

    @Test(arguments: Sample.tiny + Sample.fixtures)
    func everyParameterIsTheCheckpoints(_ sample: Sample) throws {
        let model = try sample.model()
        let expected = Expected(source: try sample.tensors(), model: model)
        for weight in model.weights {
            let element = try #require(try expected.element(weight.name), "\(weight.name)")
            let tensor = weight.tensor()
            #expect(tensor.shape == weight.shape && weight.byteCount == 4 * tensor.count)
            let wanted = indices(of: weight.shape).map(element)
            #expect(tensor.elements == wanted, "\(weight.name) \(weight.shape)")
        }
        // All but what the model has no use for.
        let ignored = expected.source.filter { $0.key.contains("pooler.") }.values.reduce(0) { $0 + $1.count }
        #expect(model.weights.reduce(0) { $0 + $1.byteCount / 4 } == model.parameterCount - ignored)
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
