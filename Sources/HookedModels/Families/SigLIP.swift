internal import Checkpoints
internal import Tensors
internal import TextNumbers

extension Family {
    /// The vision tower of transformers' SigLIP with its attention pooling.
    static let sigLIP = Family(
        name: "hf_siglip",
        summary: "Hugging Face SiglipVisionModel, and the vision tower of SiglipModel",
        recognises: { ["siglip", "siglip_vision_model"].contains($0["model_type"]?.string ?? "") },
        architecture: { input in
            let all = input.configuration
            let fields = all.has("vision_config") ? all.object("vision_config") : all
            var architecture = Architecture(
                layers: try fields.int("num_hidden_layers", Limits.layers) ?? 12,
                width: try fields.int("hidden_size", Limits.width) ?? 768,
                heads: try fields.int("num_attention_heads", Limits.heads) ?? 12,
                neurons: try fields.int("intermediate_size", Limits.neurons) ?? 3_072,
                image: try fields.extent("image_size", Limits.side) ?? .init(square: 224),
                patch: try fields.extent("patch_size", Limits.side) ?? .init(square: 16),
                eps: Float(try fields.double("layer_norm_eps") ?? 1e-6))
            architecture.channels = try fields.int("num_channels", Limits.channels) ?? 3
            architecture.activation = try fields.activation("hidden_act", default: .geluTanh)
            architecture.hasClassToken = false
            let hasHead = ["vision_model.head", "head"].contains { input.weights.hasAny($0) }
            architecture.pooling = hasHead ? .attention : .none
            return architecture
        },
        weights: { _ in
            WeightNames(
                prefixes: ["vision_model", ""],
                patches: "embeddings.patch_embedding",
                positions: "embeddings.position_embedding.weight",
                block: "encoder.layers",
                ln1: "layer_norm1",
                projection: .separate(
                    query: "self_attn.q_proj", key: "self_attn.k_proj", value: "self_attn.v_proj"),
                attentionOutput: "self_attn.out_proj",
                ln2: "layer_norm2",
                mlpInput: "mlp.fc1",
                mlpOutput: "mlp.fc2",
                lnFinal: "post_layernorm",
                attentionPooling: .init(
                    query: "head.probe",
                    projection: .fused(weight: "head.attention.in_proj_weight", bias: "head.attention.in_proj_bias"),
                    output: "head.attention.out_proj", norm: "head.layernorm", mlpInput: "head.mlp.fc1",
                    mlpOutput: "head.mlp.fc2"),
                head: "",
                ignored: ["text_model.", "logit_scale", "logit_bias", "vision_model.embeddings.position_ids"])
        },
        labels: { _ in [] },
        preprocessing: { try .huggingFace($0, $1) })
}
