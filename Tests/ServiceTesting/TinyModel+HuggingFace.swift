import TextNumbers

extension TinyModel {
    /// As transformers saves it.
    var huggingFace: TinyCheckpoint {
        let base = layout.hasHead ? "vit." : ""
        var weights = TinyWeights(seed: seed)
        weights.add(base + "embeddings.cls_token", [1, 1, width], scale: 1)
        weights.add(base + "embeddings.position_embeddings", [1, positions, width], scale: 1)
        weights.addPatches(base + "embeddings.patch_embeddings.projection", width, patch)
        for layer in 0..<layers {
            let block = base + "encoder.layer.\(layer)."
            weights.addNorm(block + "layernorm_before", width)
            for part in ["query", "key", "value"] {
                weights.addLinear(block + "attention.attention." + part, width, width)
            }
            weights.addLinear(block + "attention.output.dense", width, width)
            weights.addNorm(block + "layernorm_after", width)
            weights.addLinear(block + "intermediate.dense", width, neurons)
            weights.addLinear(block + "output.dense", neurons, width)
        }
        weights.addNorm(base + "layernorm", width)
        if layout.hasHead {
            weights.addLinear("classifier", width, classes)
        } else {
            weights.addLinear("pooler.dense", width, width)
        }
        return TinyCheckpoint(
            tensors: weights.tensors, configuration: huggingFaceConfiguration, preprocessor: huggingFacePreprocessor,
            unread: ["pooler."])
    }

    private var huggingFaceConfiguration: JSONValue {
        let configuration: JSONValue = [
            "architectures": [.string(layout.hasHead ? "ViTForImageClassification" : "ViTModel")],
            "model_type": "vit", "hidden_size": .whole(width), "num_hidden_layers": .whole(layers),
            "num_attention_heads": .whole(heads), "intermediate_size": .whole(neurons), "image_size": .whole(image),
            "patch_size": .whole(patch), "num_channels": 3, "hidden_act": "gelu", "layer_norm_eps": 1e-12,
        ]
        guard layout.hasHead else { return configuration }
        let labels = (0..<classes).map { JSONMember("\($0)", .string(TinyModel.label($0))) }
        let emoji = TinyModel.emoji.prefix(classes).enumerated().map { JSONMember("\($0)", .string($1)) }
        return configuration.setting("id2label", to: .object(labels)).setting("id2emoji", to: .object(emoji))
    }

    private var huggingFacePreprocessor: JSONValue {
        let side = JSONValue.whole(image)
        return [
            "image_processor_type": "ViTImageProcessor", "do_resize": true, "size": ["height": side, "width": side],
            "resample": 2, "do_rescale": true, "rescale_factor": .number(1.0 / 255), "do_normalize": true,
            "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5],
        ]
    }
}
