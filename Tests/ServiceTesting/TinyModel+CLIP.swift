import TextNumbers

extension TinyModel {
    /// The text towers' sizes, all of which differ from the vision towers'.
    enum Text {
        static let vocabulary = 30, context = 7, width = 16, heads = 2, neurons = 20
    }

    /// CLIP as transformers saves it.
    var clip: TinyCheckpoint {
        var weights = TinyWeights(seed: seed)
        let embeddings = "vision_model.embeddings."
        weights.add(embeddings + "class_embedding", [width], scale: 1)
        weights.addPatches(embeddings + "patch_embedding", width, patch, hasBias: false)
        weights.add(embeddings + "position_embedding.weight", [positions, width], scale: 1)
        weights.addNorm("vision_model.pre_layrnorm", width)
        weights.addCLIPBlocks("vision_model.encoder.layers", layers, width, neurons)
        weights.addNorm("vision_model.post_layernorm", width)
        weights.addLinear("visual_projection", width, classes, hasBias: false)
        guard layout.hasText else {
            return TinyCheckpoint(
                tensors: weights.tensors,
                configuration: clipVisionConfiguration.setting(
                    "architectures", to: ["CLIPVisionModelWithProjection"]))
        }
        weights.add("text_model.embeddings.token_embedding.weight", [Text.vocabulary, Text.width], scale: 1)
        weights.add("text_model.embeddings.position_embedding.weight", [Text.context, Text.width], scale: 1)
        weights.addCLIPBlocks("text_model.encoder.layers", layers, Text.width, Text.neurons)
        weights.addNorm("text_model.final_layer_norm", Text.width)
        weights.addLinear("text_projection", Text.width, classes, hasBias: false)
        weights.add("logit_scale", [], mean: 2.6, scale: 0.1)
        return TinyCheckpoint(
            tensors: weights.tensors,
            configuration: [
                "architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": .whole(classes),
                "vision_config": clipVisionConfiguration, "text_config": clipTextConfiguration,
            ], unread: ["text_", "logit_scale"], unreadByText: ["vision_model.", "visual_", "logit_scale"])
    }

    private var clipVisionConfiguration: JSONValue {
        [
            "model_type": "clip_vision_model", "hidden_size": .whole(width), "num_hidden_layers": .whole(layers),
            "num_attention_heads": .whole(heads), "intermediate_size": .whole(neurons), "image_size": .whole(image),
            "patch_size": .whole(patch), "hidden_act": layout.hasText ? "quick_gelu" : "gelu",
            "layer_norm_eps": 1e-5, "projection_dim": .whole(classes),
        ]
    }

    private var clipTextConfiguration: JSONValue {
        [
            "model_type": "clip_text_model", "hidden_size": .whole(Text.width), "num_hidden_layers": .whole(layers),
            "num_attention_heads": .whole(Text.heads), "intermediate_size": .whole(Text.neurons),
            "max_position_embeddings": .whole(Text.context), "vocab_size": .whole(Text.vocabulary),
            "hidden_act": "quick_gelu", "layer_norm_eps": 1e-5, "eos_token_id": .whole(Text.vocabulary - 1),
            "pad_token_id": 1,
        ]
    }
}

extension TinyWeights {
    /// The blocks that transformers' CLIP and SigLIP share.
    mutating func addCLIPBlocks(_ name: String, _ layers: Int, _ width: Int, _ neurons: Int) {
        for layer in 0..<layers {
            let block = "\(name).\(layer)."
            addNorm(block + "layer_norm1", width)
            for part in ["k_proj", "v_proj", "q_proj", "out_proj"] {
                addLinear(block + "self_attn." + part, width, width)
            }
            addNorm(block + "layer_norm2", width)
            addLinear(block + "mlp.fc1", width, neurons)
            addLinear(block + "mlp.fc2", neurons, width)
        }
    }
}
