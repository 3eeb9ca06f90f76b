internal import Tensors
internal import TextNumbers

extension Family {
    /// transformers' `ViTForImageClassification` and `ViTModel`, the latter also for DINO v1.
    static let huggingFaceViT = Family(
        name: "hf_vit",
        summary: "Hugging Face ViTForImageClassification and ViTModel, DINO v1 included",
        recognises: { $0["model_type"]?.string == "vit" },
        architecture: { input in
            let fields = input.configuration
            let width = try fields.required("hidden_size", Limits.width)
            var architecture = Architecture(
                layers: try fields.required("num_hidden_layers", Limits.layers),
                width: width,
                heads: try fields.required("num_attention_heads", Limits.heads),
                neurons: try fields.required("intermediate_size", Limits.neurons),
                image: try fields.extent("image_size", Limits.side) ?? .init(square: 224),
                patch: try fields.extent("patch_size", Limits.side) ?? .init(square: 16),
                eps: Float(try fields.double("layer_norm_eps") ?? 1e-12))
            architecture.channels = try fields.int("num_channels", Limits.channels) ?? 3
            architecture.activation = try fields.activation("hidden_act", default: .gelu)
            architecture.classes = try input.weights.rowsIfPresent("classifier.weight")
            architecture.pooling = .cls
            // The original stacks the class token and the mean of the patches for these, as DINO's linear head takes them.
            if architecture.classes == nil, input.hubName?.contains("dino-vitb") == true {
                architecture.pooling = .clsAndMean
            }
            return architecture
        },
        weights: { _ in
            WeightNames(
                prefixes: ["vit", ""],
                patches: "embeddings.patch_embeddings.projection",
                classToken: "embeddings.cls_token",
                positions: "embeddings.position_embeddings",
                block: "encoder.layer",
                ln1: "layernorm_before",
                projection: .separate(
                    query: "attention.attention.query", key: "attention.attention.key",
                    value: "attention.attention.value"),
                attentionOutput: "attention.output.dense",
                ln2: "layernorm_after",
                mlpInput: "intermediate.dense",
                mlpOutput: "output.dense",
                lnFinal: "layernorm",
                head: "classifier",
                ignored: ["pooler.", "vit.pooler.", "embeddings.mask_token", "vit.embeddings.mask_token"])
        },
        labels: { try ClassLabel.fromHuggingFace($0.configuration) },
        preprocessing: { try .huggingFace($0, $1) })
}
