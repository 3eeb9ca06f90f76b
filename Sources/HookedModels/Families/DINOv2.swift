internal import Checkpoints
internal import Tensors
internal import TextNumbers

extension Family {
    /// transformers' DINOv2, with and without registers.
    static let dinov2 = Family(
        name: "hf_dinov2",
        summary: "Hugging Face Dinov2Model and Dinov2WithRegistersModel, with their classifiers",
        recognises: { ["dinov2", "dinov2_with_registers"].contains($0["model_type"]?.string ?? "") },
        architecture: { input in
            let fields = input.configuration
            if try fields.bool("use_swiglu_ffn", default: false) {
                throw ModelError.unserved("a gated MLP (use_swiglu_ffn)")
            }
            var architecture = try Architecture(
                transformers: input, fields, ratio: "mlp_ratio", patch: 14, eps: 1e-6, before: 1)
            architecture.activation = try fields.activation("hidden_act", default: .gelu)
            if try fields.string("model_type") == "dinov2_with_registers" {
                var sizes = input.sizes(fields)
                architecture.registers = try sizes.size(.registers, "num_register_tokens", usual: 4)
                architecture.positioned = .classAndPatches
            }
            architecture.hasLayerScale = true
            architecture.classes = try input.classifier()
            // The classifier reads the class token and the mean of the patches, one after the other.
            architecture.pooling = architecture.classes == nil ? .cls : .clsThenMean
            return architecture
        },
        weights: { _ in
            WeightNames(
                prefixes: ["dinov2", "dinov2_with_registers", ""],
                patches: "embeddings.patch_embeddings.projection",
                classToken: "embeddings.cls_token",
                registers: "embeddings.register_tokens",
                positions: "embeddings.position_embeddings",
                block: "encoder.layer",
                ln1: "norm1",
                projection: .separate(
                    query: "attention.attention.query", key: "attention.attention.key",
                    value: "attention.attention.value"),
                attentionOutput: "attention.output.dense",
                layerScales: ("layer_scale1.lambda1", "layer_scale2.lambda1"),
                ln2: "norm2",
                mlpInput: "mlp.fc1",
                mlpOutput: "mlp.fc2",
                lnFinal: "layernorm",
                head: "classifier",
                ignored: [
                    "embeddings.mask_token", "dinov2.embeddings.mask_token",
                    "dinov2_with_registers.embeddings.mask_token",
                ])
        },
        labels: { try ClassLabel.fromHuggingFace($0.configuration) },
        preprocessing: { try .huggingFace($0, $1) })
}
