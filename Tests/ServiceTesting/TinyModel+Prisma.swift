import TextNumbers

extension TinyModel {
    /// As ViT-Prisma's trainer saves it, but for the container.
    var prisma: TinyCheckpoint {
        let hasNorms = layout != .prismaLNPre
        var weights = TinyWeights(seed: seed)
        weights.add("cls_token", [1, 1, width], scale: 1)  // in the file even where it is not used
        weights.addPatches("embed.proj", width, patch, channels: layout.channels)
        weights.add("pos_embed.W_pos", [positions, width], scale: 1)
        if layout == .prismaBert { weights.addNorm("ln_pre", width, weight: "w", bias: "b") }
        for layer in 0..<layers {
            let block = "blocks.\(layer)."
            if hasNorms { weights.addNorm(block + "ln1", width, weight: "w", bias: "b") }
            if hasNorms, layout != .prismaAttentionOnly {
                weights.addNorm(block + "ln2", width, weight: "w", bias: "b")
            }
            weights.addPrismaAttention(block + "attn.", width, heads)
            guard layout != .prismaAttentionOnly else { continue }
            weights.addMatrix(block + "mlp.W_in", [width, neurons], inputs: width)
            weights.addBias(block + "mlp.b_in", [neurons])
            weights.addMatrix(block + "mlp.W_out", [neurons, width], inputs: neurons)
            weights.addBias(block + "mlp.b_out", [width])
            if layout == .prismaSoLU { weights.addNorm(block + "mlp.ln", neurons, weight: "w", bias: "b") }
        }
        if hasNorms { weights.addNorm("ln_final", width, weight: "w", bias: "b") }
        weights.addMatrix("head.W_H", [width, classes], inputs: width)
        weights.addBias("head.b_H", [classes])
        return TinyCheckpoint(
            tensors: weights.tensors, configuration: prismaConfiguration,
            unread: (layout.hasHead ? [] : ["head."]) + (layout.hasClassToken ? [] : ["cls_token"]))
    }

    private var prismaConfiguration: JSONValue {
        let all = JSONValue.bool(layout == .prismaFlags)
        return [
            "n_layers": .whole(layers), "d_model": .whole(width), "n_heads": .whole(heads),
            "d_head": .whole(width / heads), "d_mlp": .whole(neurons), "eps": 1e-5,
            "activation_name": .string(prismaActivation),
            "normalization_type": .string(layout == .prismaLNPre ? "LNPre" : "LN"),
            "layer_norm_pre": .bool(layout == .prismaBert), "use_bert_block": .bool(layout == .prismaBert),
            "attn_only": .bool(layout == .prismaAttentionOnly), "use_attn_scale": .bool(layout != .prismaLNPre),
            "use_cls_token": .bool(layout.hasClassToken), "n_channels": .whole(layout.channels),
            "image_size": .whole(image), "patch_size": .whole(patch), "n_classes": .whole(classes),
            "classification_type": .string(layout == .prismaGrey ? "gaap" : "cls"),
            "return_type": .string(layout.hasHead ? "class_logits" : "pre_logits"), "normalize_output": false,
            "use_attn_result": all, "use_attn_in": all, "use_split_qkv_input": all, "use_hook_mlp_in": all,
        ]
    }

    private var prismaActivation: String {
        switch layout {
        case .prismaSoLU: "solu_ln"
        case .prismaGrey: "relu"
        case .prismaLNPre: "silu"
        case .prismaBert: "gelu_fast"
        default: "gelu"
        }
    }
}

extension TinyWeights {
    /// Each head's own matrices.
    fileprivate mutating func addPrismaAttention(_ name: String, _ width: Int, _ heads: Int) {
        let headWidth = width / heads
        for part in ["Q", "K", "V"] {
            addMatrix(name + "W_" + part, [heads, width, headWidth], inputs: width)
            addBias(name + "b_" + part, [heads, headWidth])
        }
        addMatrix(name + "W_O", [heads, headWidth, width], inputs: width)
        addBias(name + "b_O", [width])
    }
}
