import Checkpoints
import HookedModels
import ServiceTesting
import Tensors
import Testing
import TextNumbers

/// A damaged checkpoint is told by what is damaged: the tensor, the field, the file; never by a path.
@Suite struct CheckpointErrorsTests {
    /// What reading a checkpoint says after something was done to it.
    private func complaint(
        _ layout: TinyModel.Layout = .huggingFace, options: ModelOptions = ModelOptions(),
        damage: (inout TinyCheckpoint) -> Void
    ) throws -> String {
        try complaint(TinyModel(layout).checkpoint, options: options, damage: damage)
    }

    private func complaint(
        _ checkpoint: TinyCheckpoint, options: ModelOptions = ModelOptions(), damage: (inout TinyCheckpoint) -> Void
    ) throws -> String {
        var checkpoint = checkpoint
        damage(&checkpoint)
        let error = try #require(throws: (any Error).self) { try checkpoint.load(options: options) }
        #expect(error is ModelError || error is CheckpointError || error is PreprocessingError, "\(type(of: error))")
        #expect(!"\(error)".contains("/tmp"), "a path: \(error)")
        return "\(error)"
    }

    /// What is read once for each of its tensors; all sizes differ, so that a shape says which tensor it is.
    private func small(_ layout: TinyModel.Layout) -> TinyCheckpoint {
        TinyModel(layout, width: 12, heads: 3, neurons: 21, image: 8, patch: 4).checkpoint
    }

    /// The same for the text tower.
    private func textComplaint(_ checkpoint: TinyCheckpoint, damage: (inout TinyCheckpoint) -> Void) throws -> String {
        var checkpoint = checkpoint
        damage(&checkpoint)
        let error = try #require(throws: (any Error).self) { try checkpoint.loadText() }
        #expect(error is ModelError || error is CheckpointError, "\(type(of: error))")
        return "\(error)"
    }

    /// Each tensor in turn: no weight is optional unless it is a bias of a linear layer.
    @Test(arguments: TinyModel.Layout.allCases)
    func everyMissingTensorIsNamed(_ layout: TinyModel.Layout) throws {
        let checkpoint = small(layout)
        for (name, _) in checkpoint.tensorsRead() where !Self.isOptional(name) {
            let text = try complaint(checkpoint) { $0.tensors.removeAll { $0.name == name } }
            // Where only patches have positions, nothing but the pooling tells of a class token.
            let isTold =
                layout == .timmRegisters && name == "cls_token" && text.contains("there is no class token to read")
            #expect(text.contains("'\(name)'") || isTold, "\(name): \(text)")
        }
    }

    @Test(arguments: TinyModel.Layout.allCases.filter(\.hasText))
    func everyMissingTensorOfTheTextTowerIsNamed(_ layout: TinyModel.Layout) throws {
        let checkpoint = small(layout)
        for (name, _) in checkpoint.tensorsRead(byText: true) where !Self.isOptional(name) {
            let text = try textComplaint(checkpoint) { $0.tensors.removeAll { $0.name == name } }
            #expect(text.contains("'\(name)'"), "\(name): \(text)")
        }
    }

    /// Biases of linear layers, which some models do without, and classifiers: without one a model ends with its features.
    private static func isOptional(_ name: String) -> Bool {
        let last = name.split(separator: ".").last ?? ""
        let isBias = last == "bias" || last.hasPrefix("b_") || last.hasSuffix("_bias")
        let isNorm = name.split(separator: ".").contains { $0.contains("norm") || $0.hasPrefix("ln") }
        return (isBias && !isNorm) || name == "classifier.weight" || name == "head.weight"
    }

    @Test(arguments: [TinyModel.Layout.huggingFace, .timm])
    func aModelWithoutItsHeadHasAHeadsBiasTooMany(_ layout: TinyModel.Layout) throws {
        let head = layout == .timm ? "head" : "classifier"
        let text = try complaint(layout) { $0.tensors.removeAll { $0.name == head + ".weight" } }
        #expect(text == "the checkpoint has tensors that the model has no place for: \(head).bias")
    }

    @Test(arguments: TinyModel.Layout.allCases)
    func everyMisshapenTensorIsNamedWithBothShapes(_ layout: TinyModel.Layout) throws {
        let checkpoint = small(layout)
        for (name, value) in checkpoint.tensorsRead() {
            let wrong = [value.shape[0] + 1] + value.shape.dropFirst()
            // What one tensor alone tells cannot be wrong: this tower's only projection has the width that it has.
            if layout == .clipVision, name == "visual_projection.weight" { continue }
            let text = try complaint(checkpoint) { $0.replace(name, wrong) }
            // Sizes that are taken from tensors show in what no longer fits them.
            let decides = ["blocks.0.mlp.fc1.weight", "head.weight", "classifier.weight"]
            let isNamed = text.contains("'\(name)' has shape \(wrong), expected \(value.shape)")
            let isTold = text.contains("has shape") || text.contains("do not divide")
            #expect(isNamed || (decides.contains(name) && isTold), "\(name): \(text)")
        }
    }

    @Test(arguments: TinyModel.Layout.allCases.filter(\.hasText))
    func everyMisshapenTensorOfTheTextTowerIsNamedWithBothShapes(_ layout: TinyModel.Layout) throws {
        let checkpoint = small(layout)
        for (name, value) in checkpoint.tensorsRead(byText: true) {
            let wrong = [value.shape[0] + 1] + value.shape.dropFirst()
            // What one tensor alone tells cannot be wrong: the vocabulary and the context are as long as their tables.
            if ["token_embedding.weight", "position_embedding.weight", "positional_embedding"].contains(
                where: name.hasSuffix)
            {
                continue
            }
            let text = try textComplaint(checkpoint) { $0.replace(name, wrong) }
            #expect(text.contains("'\(name)' has shape \(wrong), expected \(value.shape)"), "\(name): \(text)")
        }
    }

    @Test(arguments: TinyModel.Layout.allCases)
    func tensorsWithoutAPlaceAreNamed(_ layout: TinyModel.Layout) throws {
        let strangers = ["blocks.9.strange.weight", "another.bias"]
        let text = try complaint(layout) { checkpoint in
            checkpoint.tensors += strangers.map { ($0, ArrayValue(Tensor(repeating: 0, shape: [2]))) }
        }
        #expect(
            text == "the checkpoint has tensors that the model has no place for: another.bias, blocks.9.strange.weight")
    }

    @Test func manyTensorsWithoutAPlaceAreCounted() throws {
        let text = try complaint { checkpoint in
            checkpoint.tensors += (0..<20).map { ("extra\($0)", ArrayValue(Tensor(repeating: 0, shape: [1]))) }
        }
        #expect(text.hasSuffix("and 12 more"))
    }

    @Test func withoutConfigurationThatIsSaid() throws {
        #expect(
            try complaint { $0.configuration = nil }
                == "the checkpoint has no config.json, which says what its tensors are")
    }

    @Test func anUnknownFamilyIsNamedBesideTheKnownOnes() throws {
        let known = "is not a family that is served; known are " + FamilyCatalog.all.map(\.name).joined(separator: ", ")
        let change = { (key: String, value: JSONValue?) in
            { (checkpoint: inout TinyCheckpoint) in
                checkpoint.configuration = checkpoint.configuration?.setting("model_type", to: nil)
                    .setting("architectures", to: nil).setting(key, to: value)
            }
        }
        #expect(try complaint(damage: change("model_type", "swin")) == "model_type 'swin' \(known)")
        #expect(try complaint(damage: change("architectures", ["SwinModel"])) == "SwinModel \(known)")
        #expect(try complaint(damage: change("model_type", nil)) == "a configuration without 'architectures' \(known)")
        #expect(try complaint(damage: change("model_type", 7)).hasSuffix(known))
        #expect(try complaint(options: ModelOptions(family: "timm_vjt")) { _ in } == "timm_vjt \(known)")
    }

    /// What is known of ViT-Prisma's older names is said, and what is not; with a configuration or without.
    @Test(
        arguments: ["", "module."],
        [nil, [:], ["n_layers": 1, "d_model": 8, "normalization_type": .null]] as [JSONValue?])
    func aCheckpointOfTheOlderPrismaIsRecognised(_ prefix: String, _ configuration: JSONValue?) throws {
        let shapes = [
            ("cls_token", [1, 1, 8]), ("position_embedding", [1, 5, 8]), ("patch_embedding.proj.weight", [8, 3, 4, 4]),
            ("blocks.0.attn.qkv.weight", [24, 8]),
        ]
        let text = try complaint(small(.prismaAttentionOnly)) { checkpoint in
            checkpoint.configuration = configuration
            checkpoint.tensors = shapes.map { (prefix + $0, ArrayValue(Tensor(repeating: 0, shape: $1))) }
        }
        #expect(
            text.hasPrefix(
                "this is a checkpoint of ViT-Prisma's older code base, by its tensors "
                    + "'\(prefix)patch_embedding.proj.weight' and '\(prefix)position_embedding'; it is not read"),
            "\(text)")
        #expect(text.contains("are not known") && text.contains("'pos_embed.W_pos'"))
    }

    struct Field: Sendable, CustomTestStringConvertible {
        let layout: TinyModel.Layout
        let field: String
        /// `nil` takes the field out.
        let value: JSONValue?
        let complaint: String

        init(_ field: String, _ value: JSONValue?, _ complaint: String, _ layout: TinyModel.Layout = .huggingFace) {
            (self.layout, self.field, self.value, self.complaint) = (layout, field, value, complaint)
        }

        var testDescription: String { "\(field) = \(value.map { "\($0)" } ?? "nothing")" }
    }

    @Test(arguments: [
        Field("num_attention_heads", nil, "config.json has no field 'num_attention_heads'"),
        Field("hidden_size", "24", "'hidden_size' in config.json must be a whole number from 1 to 65536"),
        Field("hidden_size", 24.5, "'hidden_size' in config.json must be a whole number from 1 to 65536"),
        Field("hidden_size", 0, "'hidden_size' in config.json must be a whole number from 1 to 65536"),
        Field("hidden_size", .integer(.max), "'hidden_size' in config.json must be a whole number from 1 to 65536"),
        Field("num_hidden_layers", -1, "'num_hidden_layers' in config.json must be a whole number from 1 to 1000"),
        Field("num_hidden_layers", [2], "'num_hidden_layers' in config.json must be a whole number from 1 to 1000"),
        Field("num_attention_heads", 0, "'num_attention_heads' in config.json must be a whole number from 1 to 4096"),
        Field("num_attention_heads", 7, "config.json contradicts itself: 7 heads do not divide a width of 24"),
        Field("intermediate_size", true, "'intermediate_size' in config.json must be a whole number from 1 to 1048576"),
        Field("image_size", "32", "'image_size' in config.json must be a whole number from 1 to 16384"),
        Field("image_size", [32], "'image_size' in config.json must be [height, width], each from 1 to 16384"),
        Field("image_size", [32, 32.5], "'image_size' in config.json must be [height, width], each from 1 to 16384"),
        Field("patch_size", 0, "'patch_size' in config.json must be a whole number from 1 to 16384"),
        Field("num_channels", 65, "'num_channels' in config.json must be a whole number from 1 to 64"),
        Field("hidden_act", "relu6", "'hidden_act' in config.json must be gelu, quick_gelu,"),
        Field("hidden_act", 1, "'hidden_act' in config.json must be a text"),
        Field("layer_norm_eps", "small", "'layer_norm_eps' in config.json must be a number"),
        Field("layer_norm_eps", -1, "config.json contradicts itself: an eps of -1.0"),
        Field("layer_norm_eps", 2, "config.json contradicts itself: an eps of 2.0"),
        Field("id2label", ["a"], "'id2label' in config.json must be an object of texts by class number"),
        Field("id2label", ["x": "a"], "'id2label' in config.json must be an object of texts by class number"),
        Field("id2label", ["-1": "a"], "'id2label' in config.json must be an object of texts by class number"),
        Field("id2label", ["1000000": "a"], "'id2label' in config.json must be an object of texts by class number"),
        Field("id2label", ["0": 1], "'id2label' in config.json must be an object of texts by class number"),
        Field("id2emoji", ["0": 1], "'id2emoji' in config.json must be an object of texts by class number"),
        Field("global_pool", "max", "'global_pool' in config.json must be token, avg, map or empty", .timm),
        Field("global_pool", 1, "'global_pool' in config.json must be a text", .timm),
        Field("label_names", "cat", "'label_names' in config.json must be a list of texts", .timm),
        Field("pretrained_cfg", nil, "config.json has no field 'pretrained_cfg'", .timm),
        Field("model_args", ["num_heads": "3"], "'model_args.num_heads' in config.json must be a whole number", .timm),
        Field(
            "model_args", ["num_heads": 5], "config.json contradicts itself: 5 heads do not divide a width of 24", .timm
        ),
        Field("model_args", ["img_size": []], "'model_args.img_size' in config.json must be", .timm),
    ])
    func aWrongFieldIsNamedWithWhatItMustBe(_ field: Field) throws {
        let text = try complaint(field.layout) {
            $0.configuration = $0.configuration?.setting(field.field, to: field.value)
        }
        #expect(text.hasPrefix(field.complaint), "\(text)")
    }

    static let settings: [(String, JSONValue, String)] = [
        ("image_mean", [0.5], "image_mean"), ("image_std", ["a", "b", "c"], "image_std"), ("size", "large", "size"),
        ("resample", 77, "resample"), ("do_resize", "yes", "do_resize"), ("rescale_factor", "1/255", "rescale_factor"),
    ]

    @Test(arguments: settings)
    func aWrongSettingOfThePreprocessorIsNamed(key: String, value: JSONValue, named: String) throws {
        let text = try complaint { $0.preprocessor = $0.preprocessor?.setting(key, to: value) }
        #expect(text.contains(named), "\(text)")
    }

    /// As an option and as the file itself says.
    @Test func poolingThatTheModelCannotDoIsRefused() throws {
        #expect(
            try complaint(.timmPooled, options: ModelOptions(pooling: .cls)) { _ in }
                == "config.json contradicts itself: there is no class token to read")
        #expect(
            try complaint(options: ModelOptions(pooling: .clsAndMean)) { _ in }
                == "config.json contradicts itself: pooling 'cls_and_mean' gives two vectors, of which its head reads one"
        )
        #expect(
            try complaint(.timmPooled) { $0.configuration = $0.configuration?.setting("global_pool", to: "token") }
                == "config.json contradicts itself: there is no class token to read")
    }
}

extension TinyCheckpoint {
    /// Gives a tensor another shape.
    fileprivate mutating func replace(_ name: String, _ shape: [Int]) {
        tensors = tensors.map { $0.name == name ? (name, ArrayValue(Tensor(repeating: 0, shape: shape))) : $0 }
    }
}
