import TextNumbers

extension TinyModel {
    /// DINOv2 as transformers saves it.
    var dinov2: TinyCheckpoint {
        let hasRegisters = layout == .dinov2Registers
        let base = hasRegisters ? "dinov2_with_registers." : ""
        var weights = TinyWeights(seed: seed)
        weights.add(base + "embeddings.cls_token", [1, 1, width], scale: 1)
        weights.add(base + "embeddings.mask_token", [1, width], scale: 1)
        if hasRegisters {
            weights.add(base + "embeddings.register_tokens", [1, TinyModel.registers, width], scale: 1)
        }
        weights.add(base + "embeddings.position_embeddings", [1, 1 + patches, width], scale: 1)
        weights.addPatches(base + "embeddings.patch_embeddings.projection", width, patch)
        for layer in 0..<layers {
            let block = base + "encoder.layer.\(layer)."
            weights.addNorm(block + "norm1", width)
            for part in ["query", "key", "value"] {
                weights.addLinear(block + "attention.attention." + part, width, width)
            }
            weights.addLinear(block + "attention.output.dense", width, width)
            weights.addScale(block + "layer_scale1.lambda1", width)
            weights.addNorm(block + "norm2", width)
            weights.addLinear(block + "mlp.fc1", width, neurons)
            weights.addLinear(block + "mlp.fc2", neurons, width)
            weights.addScale(block + "layer_scale2.lambda1", width)
        }
        weights.addNorm(base + "layernorm", width)
        if layout.hasHead { weights.addLinear("classifier", 2 * width, classes) }
        return TinyCheckpoint(
            tensors: weights.tensors, configuration: dinov2Configuration, unread: [base + "embeddings.mask_token"])
    }

    private var dinov2Configuration: JSONValue {
        let configuration: JSONValue = [
            "hidden_size": .whole(width), "num_hidden_layers": .whole(layers),
            "num_attention_heads": .whole(heads), "mlp_ratio": .number(Double(neurons) / Double(width)),
            "image_size": .whole(image), "patch_size": .whole(patch), "hidden_act": "gelu", "layer_norm_eps": 1e-6,
        ]
        guard layout == .dinov2Registers else {
            return configuration.setting("model_type", to: "dinov2").setting("architectures", to: ["Dinov2Model"])
        }
        return configuration.setting("model_type", to: "dinov2_with_registers")
            .setting("architectures", to: ["Dinov2WithRegistersForImageClassification"])
            .setting("num_register_tokens", to: .whole(TinyModel.registers))
    }
}
