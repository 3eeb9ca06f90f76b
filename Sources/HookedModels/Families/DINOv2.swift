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
            let width = try fields.required("hidden_size", Limits.width)
            let neurons = Double(width) * (try fields.double("mlp_ratio") ?? 4)
            guard neurons >= 1, neurons <= Double(Limits.neurons.upperBound) else {
                throw fields.wrong(
                    "mlp_ratio", "such that hidden_size times it is from 1 to \(Limits.neurons.upperBound)")
            }
            var architecture = Architecture(
                layers: try fields.required("num_hidden_layers", Limits.layers),
                width: width,
                heads: try fields.required("num_attention_heads", Limits.heads),
                neurons: Int(neurons),
                image: try fields.extent("image_size", Limits.side) ?? .init(square: 224),
                patch: try fields.extent("patch_size", Limits.side) ?? .init(square: 14),
                eps: Float(try fields.double("layer_norm_eps") ?? 1e-6))
            architecture.channels = try fields.int("num_channels", Limits.channels) ?? 3
            architecture.activation = try fields.activation("hidden_act", default: .gelu)
            if try fields.string("model_type") == "dinov2_with_registers" {
                architecture.registers = try fields.int("num_register_tokens", 0...Limits.positions) ?? 4
                architecture.positioned = .classAndPatches
            }
            architecture.hasLayerScale = true
            architecture.classes = try input.weights.rowsIfPresent("classifier.weight")
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
