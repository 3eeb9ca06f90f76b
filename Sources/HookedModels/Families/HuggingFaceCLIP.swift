internal import Checkpoints
internal import Tensors
internal import TextNumbers

/// What CLIP's towers share, whoever wrote the checkpoint: a norm before the blocks and the class token as output.
extension Architecture {
    /// The vision tower of transformers' CLIP, from its own fields.
    init(clipVision fields: ConfigurationFields, _ weights: WeightReader) throws {
        self.init(
            layers: try fields.required("num_hidden_layers", Limits.layers),
            width: try fields.required("hidden_size", Limits.width),
            heads: try fields.required("num_attention_heads", Limits.heads),
            neurons: try fields.required("intermediate_size", Limits.neurons),
            image: try fields.extent("image_size", Limits.side) ?? .init(square: 224),
            patch: try fields.extent("patch_size", Limits.side) ?? .init(square: 32),
            eps: Float(try fields.double("layer_norm_eps") ?? 1e-5))
        channels = try fields.int("num_channels", Limits.channels) ?? 3
        activation = try fields.activation("hidden_act", default: .quickGELU)
        hasPreNorm = true
        pooling = .cls
        classes = try weights.rowsIfPresent("visual_projection.weight")
    }

    /// The text tower of transformers' CLIP, from its own fields.
    fileprivate init(clipText fields: ConfigurationFields, _ weights: WeightReader) throws {
        let vocabulary = try fields.int("vocab_size", Limits.vocabulary) ?? 49_408
        let end = try fields.int("eos_token_id", 0...Limits.vocabulary.upperBound) ?? 49_407
        self.init(
            text: TextInput(
                vocabulary: vocabulary,
                context: try fields.int("max_position_embeddings", Limits.context) ?? 77,
                padding: try fields.int("pad_token_id", 0...(vocabulary - 1)) ?? 0,
                // Old configurations say 2 and mean the largest.
                end: end == 2 ? .largest : .token(end)),
            layers: try fields.int("num_hidden_layers", Limits.layers) ?? 12,
            width: try fields.int("hidden_size", Limits.width) ?? 512,
            heads: try fields.int("num_attention_heads", Limits.heads) ?? 8,
            neurons: try fields.int("intermediate_size", Limits.neurons) ?? 2_048,
            eps: Float(try fields.double("layer_norm_eps") ?? 1e-5))
        activation = try fields.activation("hidden_act", default: .quickGELU)
        classes = try weights.rowsIfPresent("text_projection.weight")
    }
}

extension Family {
    /// transformers' `CLIPModel`, `CLIPVisionModelWithProjection` and `CLIPVisionModel`.
    static let huggingFaceCLIP = Family(
        name: "hf_clip",
        summary: "Hugging Face CLIPModel, CLIPVisionModelWithProjection and CLIPVisionModel",
        recognises: { ["clip", "clip_vision_model"].contains($0["model_type"]?.string ?? "") },
        architecture: { input in
            let fields = input.configuration
            return try Architecture(
                clipVision: fields.has("vision_config") ? fields.object("vision_config") : fields, input.weights)
        },
        weights: { _ in
            WeightNames(
                prefixes: ["vision_model", "clip.vision_model", ""],
                patches: "embeddings.patch_embedding",
                classToken: "embeddings.class_embedding",
                positions: "embeddings.position_embedding.weight",
                lnPre: "pre_layrnorm",
                block: "encoder.layers",
                ln1: "layer_norm1",
                projection: .separate(
                    query: "self_attn.q_proj", key: "self_attn.k_proj", value: "self_attn.v_proj"),
                attentionOutput: "self_attn.out_proj",
                ln2: "layer_norm2",
                mlpInput: "mlp.fc1",
                mlpOutput: "mlp.fc2",
                lnFinal: "post_layernorm",
                head: "visual_projection",
                ignored: [
                    "text_model.", "text_projection.", "logit_scale", "vision_model.embeddings.position_ids",
                ])
        },
        labels: { _ in [] },
        preprocessing: { try .huggingFaceCLIP($0, $1) },
        text: TextTower(
            architecture: { input in
                guard input.configuration.has("text_config") else { return nil }
                return try Architecture(clipText: input.configuration.object("text_config"), input.weights)
            },
            weights: WeightNames(
                prefixes: ["text_model", "clip.text_model"],
                tokens: "embeddings.token_embedding.weight",
                positions: "embeddings.position_embedding.weight",
                block: "encoder.layers",
                ln1: "layer_norm1",
                projection: .separate(
                    query: "self_attn.q_proj", key: "self_attn.k_proj", value: "self_attn.v_proj"),
                attentionOutput: "self_attn.out_proj",
                ln2: "layer_norm2",
                mlpInput: "mlp.fc1",
                mlpOutput: "mlp.fc2",
                lnFinal: "final_layer_norm",
                head: "text_projection",
                ignored: [
                    "vision_model.", "visual_projection.", "logit_scale", "text_model.embeddings.position_ids",
                ])))
}
