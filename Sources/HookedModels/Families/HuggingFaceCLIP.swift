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
        preprocessing: { try .huggingFaceCLIP($0, $1) })
}
