import TextNumbers

extension TinyModel {
    /// As open_clip saves it.
    var openCLIP: TinyCheckpoint {
        var weights = TinyWeights(seed: seed)
        weights.add("positional_embedding", [Text.context, Text.width], scale: 1)
        weights.addMatrix("text_projection", [Text.width, classes], inputs: Text.width)
        weights.add("logit_scale", [], mean: 2.6, scale: 0.1)
        weights.add("visual.class_embedding", [width], scale: 1)
        weights.add("visual.positional_embedding", [positions, width], scale: 1)
        weights.addMatrix("visual.proj", [width, classes], inputs: width)
        weights.addPatches("visual.conv1", width, patch, hasBias: false)
        weights.addNorm("visual.ln_pre", width)
        weights.addOpenCLIPBlocks("visual.transformer.resblocks", layers, width, neurons)
        weights.addNorm("visual.ln_post", width)
        weights.addOpenCLIPBlocks("transformer.resblocks", layers, Text.width, Text.neurons)
        weights.add("token_embedding.weight", [Text.vocabulary, Text.width], scale: 1)
        weights.addNorm("ln_final", Text.width)
        return TinyCheckpoint(
            tensors: weights.tensors, configuration: openCLIPConfiguration, filePrefix: "open_clip_",
            unread: ["transformer.", "token_embedding.", "positional_embedding", "ln_final.", "text_", "logit_scale"],
            unreadByText: ["visual.", "logit_scale"])
    }

    private var openCLIPConfiguration: JSONValue {
        [
            "model_cfg": [
                "embed_dim": .whole(classes), "quick_gelu": true,
                "vision_cfg": [
                    "image_size": .whole(image), "layers": .whole(layers), "width": .whole(width),
                    "head_width": .whole(width / heads), "patch_size": .whole(patch),
                    "mlp_ratio": .number(Double(neurons) / Double(width)), "ls_init_value": 0.1,
                ],
                "text_cfg": [
                    "context_length": .whole(Text.context), "vocab_size": .whole(Text.vocabulary),
                    "width": .whole(Text.width), "heads": .whole(Text.heads), "layers": .whole(layers),
                    "mlp_ratio": .number(Double(Text.neurons) / Double(Text.width)), "ls_init_value": 0.1,
                ],
            ],
            "preprocess_cfg": ["mean": [0.5, 0.45, 0.4], "std": [0.5, 0.25, 0.2]],
        ]
    }
}

extension TinyWeights {
    fileprivate mutating func addOpenCLIPBlocks(_ name: String, _ layers: Int, _ width: Int, _ neurons: Int) {
        for layer in 0..<layers {
            let block = "\(name).\(layer)."
            addNorm(block + "ln_1", width)
            addMatrix(block + "attn.in_proj_weight", [3 * width, width], inputs: width)
            addBias(block + "attn.in_proj_bias", [3 * width])
            addLinear(block + "attn.out_proj", width, width)
            addScale(block + "ls_1.gamma", width)
            addNorm(block + "ln_2", width)
            addLinear(block + "mlp.c_fc", width, neurons)
            addLinear(block + "mlp.c_proj", neurons, width)
            addScale(block + "ls_2.gamma", width)
        }
    }
}
