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
            var architecture = try Architecture(transformers: input, fields, patch: 16, eps: 1e-12, before: 1)
            architecture.activation = try fields.activation("hidden_act", default: .gelu)
            architecture.classes = try input.classifier()
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
