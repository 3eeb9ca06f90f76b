import TextNumbers

extension TinyModel {
    /// As timm saves it.
    var timm: TinyCheckpoint {
        var weights = TinyWeights(seed: seed)
        if layout.hasClassToken { weights.add("cls_token", [1, 1, width], scale: 1) }
        if layout == .timmDistilled { weights.add("dist_token", [1, 1, width], scale: 1) }
        if layout == .timmRegisters { weights.add("reg_token", [1, TinyModel.registers, width], scale: 1) }
        weights.add("pos_embed", [1, layout == .timmRegisters ? patches : positions, width], scale: 1)
        weights.addPatches("patch_embed.proj", width, patch, hasBias: layout != .timmCLIP)
        if layout == .timmCLIP { weights.addNorm("norm_pre", width) }
        for layer in 0..<layers { weights.addTimmBlock("blocks.\(layer).", self) }
        if layout == .timmPooledNorm {
            weights.addNorm("fc_norm", width)
        } else {
            weights.addNorm("norm", width)
        }
        if layout == .timmAttentionPooled { weights.addTimmPooling(self) }
        weights.addLinear("head", width, classes)
        if layout == .timmDistilled { weights.addLinear("head_dist", width, classes) }
        return TinyCheckpoint(tensors: weights.tensors, configuration: timmConfiguration)
    }

    private var timmConfiguration: JSONValue {
        [
            "architecture": .string(timmArchitecture), "num_classes": .whole(classes),
            "num_features": .whole(width), "global_pool": .string(timmPooling),
            "model_args": [
                "img_size": .whole(image), "patch_size": .whole(patch), "embed_dim": .whole(width),
                "depth": .whole(layers), "num_heads": .whole(heads),
            ],
            "label_names": .list((0..<classes).map { .string(TinyModel.label($0)) }),
            "pretrained_cfg": [
                "input_size": [3, .whole(image), .whole(image)], "interpolation": "bicubic", "crop_pct": 1.0,
                "crop_mode": "center", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5],
            ],
        ]
    }

    private var timmArchitecture: String {
        switch layout {
        case .timmRegisters: "vit_little_patch16_reg\(TinyModel.registers)_gap_256"
        case .timmCLIP: "vit_base_patch16_clip_quickgelu_224"
        case .timmDistilled: "deit_tiny_distilled_patch16_224"
        case .timmAttentionPooled: "vit_base_patch16_siglip_224"
        default: "vit_tiny_patch16_224"
        }
    }

    private var timmPooling: String {
        switch layout {
        case .timmPooled, .timmPooledNorm: "avg"
        case .timmAttentionPooled: "map"
        default: "token"
        }
    }
}

extension TinyWeights {
    fileprivate mutating func addTimmBlock(_ block: String, _ model: TinyModel) {
        let (width, neurons) = (model.width, model.neurons)
        addNorm(block + "norm1", width)
        addLinear(block + "attn.qkv", width, 3 * width)
        addLinear(block + "attn.proj", width, width)
        if model.layout == .timmRegisters { addScale(block + "ls1.gamma", width) }
        addNorm(block + "norm2", width)
        addLinear(block + "mlp.fc1", width, neurons)
        addLinear(block + "mlp.fc2", neurons, width)
        if model.layout == .timmRegisters { addScale(block + "ls2.gamma", width) }
    }

    fileprivate mutating func addTimmPooling(_ model: TinyModel) {
        add("attn_pool.latent", [1, 1, model.width], scale: 2)
        addLinear("attn_pool.q", model.width, model.width)
        addLinear("attn_pool.kv", model.width, 2 * model.width)
        addLinear("attn_pool.proj", model.width, model.width)
        addNorm("attn_pool.norm", model.width)
        addLinear("attn_pool.mlp.fc1", model.width, model.neurons)
        addLinear("attn_pool.mlp.fc2", model.neurons, model.width)
    }
}
