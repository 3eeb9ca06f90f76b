import TextNumbers

extension TinyModel {
    /// As timm saves it.
    var timm: TinyCheckpoint {
        var weights = TinyWeights(seed: seed)
        if layout.hasClassToken { weights.add("cls_token", [1, 1, width], scale: 1) }
        weights.add("pos_embed", [1, positions, width], scale: 1)
        weights.addPatches("patch_embed.proj", width, patch)
        for layer in 0..<layers {
            let block = "blocks.\(layer)."
            weights.addNorm(block + "norm1", width)
            weights.addLinear(block + "attn.qkv", width, 3 * width)
            weights.addLinear(block + "attn.proj", width, width)
            weights.addNorm(block + "norm2", width)
            weights.addLinear(block + "mlp.fc1", width, neurons)
            weights.addLinear(block + "mlp.fc2", neurons, width)
        }
        weights.addNorm("norm", width)
        weights.addLinear("head", width, classes)
        return TinyCheckpoint(tensors: weights.tensors, configuration: timmConfiguration, preprocessor: nil)
    }

    private var timmConfiguration: JSONValue {
        let number = { (value: Int) in JSONValue.integer(Int64(value)) }
        return [
            "architecture": "vit_tiny_patch16_224", "num_classes": number(classes), "num_features": number(width),
            "global_pool": .string(layout.hasClassToken ? "token" : "avg"),
            "model_args": [
                "img_size": number(image), "patch_size": number(patch), "embed_dim": number(width),
                "depth": number(layers), "num_heads": number(heads),
            ],
            "label_names": .list((0..<classes).map { .string(TinyModel.label($0)) }),
            "pretrained_cfg": [
                "input_size": [3, number(image), number(image)], "interpolation": "bicubic", "crop_pct": 1.0,
                "crop_mode": "center", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5],
            ],
        ]
    }
}
