internal import Checkpoints
internal import Tensors
internal import TextNumbers

/// What CLIP's towers share, whoever wrote the checkpoint: a norm before the blocks and the class token as output.
extension Architecture {
    /// The vision tower of transformers' CLIP, from its own fields.
    fileprivate init(clipVision input: FamilyInput) throws {
        let all = input.configuration
        let isPart = all.has("vision_config")
        let fields = isPart ? all.object("vision_config") : all
        // A configuration within another is written without what is as the library has it by default.
        try self.init(transformers: input, fields, usualHeads: isPart ? 12 : nil, patch: 32, eps: 1e-5, before: 1)
        activation = try fields.activation("hidden_act", default: .quickGELU)
        hasPreNorm = true
        pooling = .cls
    }

    /// The text tower of transformers' CLIP, from its own fields.
    fileprivate init(clipText input: FamilyInput) throws {
        let fields = input.configuration.object("text_config")
        var sizes = input.sizes(fields)
        let width = try sizes.size(.width, "hidden_size", usual: 512)
        let vocabulary = try sizes.size(.vocabulary, "vocab_size", usual: 49_408)
        let end = try fields.int("eos_token_id", 0...Limits.vocabulary.upperBound) ?? 49_407
        self.init(
            text: TextInput(
                vocabulary: vocabulary,
                context: try sizes.size(.positions, "max_position_embeddings", usual: 77),
                padding: try fields.int("pad_token_id", 0...(vocabulary - 1)) ?? 0,
                // Old configurations say 2 and mean the largest.
                end: end == 2 ? .largest : .token(end)),
            layers: try sizes.size(.layers, "num_hidden_layers", usual: 12),
            width: width,
            heads: try fields.int("num_attention_heads", Limits.heads) ?? 8,
            neurons: try sizes.size(.neurons, "intermediate_size", usual: 2_048),
            eps: Float(try fields.double("layer_norm_eps") ?? 1e-5))
        activation = try fields.activation("hidden_act", default: .quickGELU)
    }
}

extension Family {
    /// transformers' `CLIPModel`, `CLIPVisionModelWithProjection` and `CLIPVisionModel`.
    static let huggingFaceCLIP = Family(
        name: "hf_clip",
        summary: "Hugging Face CLIPModel, CLIPVisionModelWithProjection and CLIPVisionModel",
        recognises: { ["clip", "clip_vision_model"].contains($0["model_type"]?.string ?? "") },
        architecture: { input in
            var architecture = try Architecture(clipVision: input)
            architecture.classes = try projection("visual_projection.weight", input)
            return architecture
        },
        weights: { _ in
            .transformersCLIP(
                prefixes: ["vision_model", "clip.vision_model", ""], positions: "embeddings.position_embedding.weight",
                lnFinal: "post_layernorm", head: "visual_projection",
                ignored: ["text_model.", "text_projection.", "logit_scale", "vision_model.embeddings.position_ids"]
            ).with {
                $0.patches = "embeddings.patch_embedding"
                $0.classToken = "embeddings.class_embedding"
                $0.lnPre = "pre_layrnorm"
                $0.projections = projections
            }
        },
        labels: { _ in [] },
        preprocessing: { try .huggingFaceCLIP($0, $1) },
        text: TextTower(
            architecture: { input in
                let isThere = ["text_model", "clip.text_model"].contains { input.weights.hasAny($0) }
                guard isThere, input.configuration.has("text_config") else { return nil }
                var architecture = try Architecture(clipText: input)
                architecture.classes = try projection("text_projection.weight", input)
                return architecture
            },
            weights: WeightNames.transformersCLIP(
                prefixes: ["text_model", "clip.text_model"], positions: "embeddings.position_embedding.weight",
                lnFinal: "final_layer_norm", head: "text_projection",
                ignored: ["vision_model.", "visual_projection.", "logit_scale", "text_model.embeddings.position_ids"]
            ).with {
                $0.tokens = "embeddings.token_embedding.weight"
                $0.projections = projections
            }))

    private static let projections: [LinearName] = ["visual_projection", "text_projection"]

    /// The width of the space of pictures and texts; `nil` for a tower alone. A class that always projects means its
    /// projection even where the tensor is missing.
    private static func projection(_ tensor: String, _ input: FamilyInput) throws -> Int? {
        let projecting = ["CLIPModel", "CLIPVisionModelWithProjection", "CLIPTextModelWithProjection"]
        let name = input.configuration.value["architectures"]?[0]?.string ?? ""
        guard projecting.contains(name) || input.weights.contains(tensor) else { return nil }
        var sizes = input.sizes(input.configuration)
        return try sizes.ifTold(.classes, "projection_dim") ?? input.weights.shape(tensor, rank: 2)[0]
    }
}
