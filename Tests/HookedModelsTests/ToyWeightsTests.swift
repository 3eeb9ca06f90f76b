import Checkpoints
import Foundation
import HookedModels
import ServiceTesting
import Tensors
import Testing
import TextNumbers

/// Models made of a configuration alone.
@Suite struct ToyWeightsTests {
    private static let configuration: JSONValue = [
        "n_layers": 2, "d_model": 32, "d_head": 8, "n_heads": 4, "d_mlp": 96, "image_size": 32, "patch_size": 8,
        "n_classes": 7, "return_type": "class_logits", "normalization_type": "LN", "activation_name": "gelu",
        "weight_type": "he", "seed": 5,
    ]

    private func model(_ configuration: JSONValue) throws -> HookedModel {
        let folder = try TemporaryFolder()
        try folder.write(configuration.serialized, to: "config.json")
        defer { withExtendedLifetime(folder) {} }
        return try HookedModel(Checkpoint.ofModel(path: folder.url.path))
    }

    private func weight(_ model: HookedModel, _ name: String) throws -> Tensor {
        try #require(model.weight(named: name), "\(name)").tensor()
    }

    private func deviation(_ values: [Float]) -> Double {
        (values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(values.count)).squareRoot()
    }

    @Test func theModelRunsAndTheSeedDecides() throws {
        let toy = try model(Self.configuration)
        #expect(toy.family == "prisma")
        let pixels = Pictures.random(2, for: toy)
        let output = try #require(try toy.run(pixels).output)
        #expect(output.shape == [2, 7])
        #expect(!output.joined.elements.contains { !$0.isFinite })
        let again = try #require(try model(Self.configuration).run(pixels).output).joined
        #expect(again.elements == output.joined.elements)
        let other = try model(Self.configuration.setting("seed", to: 6))
        let changed = try #require(try other.run(pixels).output).joined
        #expect(changed.elements != output.joined.elements)
    }

    /// The distributions that ViT-Prisma draws from.
    @Test func weightsAreSpreadAsTheOriginalSpreadsThem() throws {
        let toy = try model(Self.configuration)
        let normals: [(String, Double)] = [
            ("blocks.0.mlp.W_in", (2.0 / 96).squareRoot()), ("blocks.1.mlp.W_out", (2.0 / 32).squareRoot()),
            ("head.W_H", (2.0 / 7).squareRoot()), ("embed.proj.weight", (2.0 / 192).squareRoot()), ("W_pos", 0.02),
        ]
        for (name, expected) in normals {
            let values = try weight(toy, name).elements
            // The deviation of n draws is off by a share of 1/√(2n); four times that hardly ever.
            let share = deviation(values) / expected
            #expect(abs(share - 1) < 4 / (2 * Double(values.count)).squareRoot(), "\(name): \(share)")
        }
        for (name, fans) in [("blocks.0.attn.W_Q", 32 * 8 + 4 * 8), ("blocks.1.attn.W_O", 8 * 32 + 4 * 32)] {
            let values = try weight(toy, name).elements
            let bound = Float((6 / Double(fans)).squareRoot())
            let (least, greatest) = (values.min() ?? 0, values.max() ?? 0)
            #expect(greatest <= bound && least >= -bound, "\(name)")
            #expect(greatest > 0.9 * bound && least < -0.9 * bound, "\(name)")
        }
        for name in ["b_Q", "b_O", "b_in", "b_H"] {
            #expect(Set(try weight(toy, name).elements) == [0], "\(name)")
        }
        #expect(Set(try weight(toy, "ln_final.w").elements) == [1])
    }

    private static let kinds: [(String, JSONValue)] = [
        ("attn_only", true), ("use_bert_block", true), ("activation_name", "solu_ln"), ("normalization_type", "LNPre"),
        ("layer_norm_pre", true), ("classification_type", "gaap"), ("n_channels", 1), ("use_cls_token", true),
        ("return_type", "pre_logits"), ("use_attn_result", true),
    ]

    @Test(arguments: kinds.indices)
    func everyKindOfToyIsWhole(_ index: Int) throws {
        let (field, value) = Self.kinds[index]
        let toy = try model(Self.configuration.setting(field, to: value))
        let output = try #require(try toy.run(Pictures.random(1, for: toy)).output).joined
        #expect(!output.elements.contains { !$0.isFinite }, "\(field)")
    }

    @Test(arguments: [
        ("weight_type", "zeros", "'weight_type' in config.json must be he"),
        ("seed", "x", "'seed' in config.json must be a whole number"),
    ])
    func whatMakesNoToyIsRefused(_ field: String, _ value: String, _ says: String) throws {
        let error = try #require(throws: (any Error).self) {
            try model(Self.configuration.setting(field, to: .string(value)))
        }
        #expect("\(error)".contains(says), "\(error)")
    }

    @Test func aToyIsNotAsLargeAsItSays() throws {
        let error = try #require(throws: (any Error).self) {
            try model(Self.configuration.setting("d_mlp", to: 1_048_576).setting("n_layers", to: 1_000))
        }
        #expect("\(error)".contains("random weights for more than"), "\(error)")
    }

    /// Only ViT-Prisma's configurations are enough by themselves.
    @Test func anotherConfigurationWithoutWeightsStaysRefused() throws {
        let error = try #require(throws: CheckpointError.self) { try model(["model_type": "vit", "hidden_size": 8]) }
        #expect(error.reason == .noWeights)
    }
}
