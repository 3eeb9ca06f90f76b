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
            // A configuration within another is written without what is as the library has it by default.
            var architecture = try Architecture(
                transformers: input, fields, usualHeads: 12, patch: 16, eps: 1e-6, before: 0)
            architecture.activation = try fields.activation("hidden_act", default: .geluTanh)
            architecture.hasClassToken = false
            let hasHead = ["vision_model.head", "head"].contains { input.weights.hasAny($0) }
            architecture.pooling = hasHead ? .attention : .none
            return architecture
        },
        weights: { _ in
            WeightNames.transformersCLIP(
                prefixes: ["vision_model", ""], positions: "embeddings.position_embedding.weight",
                lnFinal: "post_layernorm", head: "",
                ignored: ["text_model.", "logit_scale", "logit_bias", "vision_model.embeddings.position_ids"]
            ).with {
                $0.patches = "embeddings.patch_embedding"
                $0.attentionPooling = .init(
                    query: "head.probe",
                    projection: .fused(weight: "head.attention.in_proj_weight", bias: "head.attention.in_proj_bias"),
                    output: "head.attention.out_proj", norm: "head.layernorm", mlpInput: "head.mlp.fc1",
                    mlpOutput: "head.mlp.fc2")
            }
        },
        labels: { _ in [] },
        preprocessing: { try .huggingFace($0, $1) })
}
