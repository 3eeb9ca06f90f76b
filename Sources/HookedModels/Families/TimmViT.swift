internal import Checkpoints
internal import Tensors
internal import TextNumbers

extension Family {
    /// timm's `VisionTransformer`: what its architectures differ in is told by the tensors.
    static let timmViT = Family(
        name: "timm_vit",
        summary:
            "timm's VisionTransformer: class token, pooling, registers, layer scale, pre-norm, DeiT, attention pooling",
        recognises: { configuration in
            let name = configuration["architecture"]?.string ?? ""
            return ["vit_", "deit_", "deit3_", "flexivit_", "test_vit"].contains { name.hasPrefix($0) }
        },
        architecture: { input in
            let fields = input.configuration
            let weights = input.weights
            let arguments = fields.object("model_args")
            var sizes = input.sizes(arguments)
            let name = try fields.string("architecture") ?? ""
            let width = try sizes.required(.width, "embed_dim")
            let layers = try sizes.required(.layers, "depth")
            let patch = try sizes.patch("patch_size", usual: 16)
            let registers = try TimmFacts.registers(of: name, input)
            try TimmFacts.refuseGatedMLP(input)
            let isDistilled = weights.contains("dist_token") || weights.hasAny("head_dist")
            let others = (isDistilled ? 1 : 0) + registers
            var architecture = Architecture(
                layers: layers,
                width: width,
                heads: try arguments.int("num_heads", Limits.heads) ?? TimmFacts.usualHeads(name, width: width),
                neurons: try sizes.neurons(ratio: "mlp_ratio", width: width),
                image: try sizes.image(
                    stated: TimmFacts.image(fields), usual: nil, field: "pretrained_cfg.input_size", patch: patch,
                    before: [1 + others, others, 1, 0]),
                patch: patch,
                // CLIP's are the ones with a norm before the blocks, and with torch's own eps.
                eps: weights.hasAny("norm_pre") ? 1e-5 : 1e-6)
            architecture.channels = try sizes.size(.channels, "in_chans", usual: 3)
            architecture.activation = TimmFacts.activation(of: name)
            architecture.hasDistillationToken = isDistilled
            architecture.registers = registers
            // More positions than the other tokens could have: they are a class token's.
            architecture.hasClassToken = false
            let positions = try weights.shape("pos_embed", rank: 3)[1]
            architecture.hasClassToken = weights.contains("cls_token") || positions > architecture.positions
            architecture.hasPreNorm = weights.hasAny("norm_pre")
            architecture.hasLayerScale = weights.hasAny("blocks.0.ls1") || weights.hasAny("blocks.0.ls2")
            architecture.hasFinalNorm = weights.hasAny("norm")
            architecture.hasPooledNorm = weights.hasAny("fc_norm")
            architecture.classes = try input.classifier("head.weight")
            architecture.positioned = try weights.positioned("pos_embed", architecture)
            switch try fields.string("global_pool") ?? (architecture.hasClassToken ? "token" : "avg") {
            case "token": architecture.pooling = architecture.hasDistillationToken ? .clsAndDistillation : .cls
            case "avg": architecture.pooling = .mean
            case "map": architecture.pooling = .attention
            case "": architecture.pooling = .none
            default: throw fields.wrong("global_pool", "token, avg, map or empty")
            }
            return architecture
        },
        weights: { _ in
            WeightNames(
                patches: "patch_embed.proj",
                classToken: "cls_token",
                distillationToken: "dist_token",
                registers: "reg_token",
                positions: "pos_embed",
                lnPre: "norm_pre",
                block: "blocks",
                ln1: "norm1",
                projection: .fused("attn.qkv"),
                attentionOutput: "attn.proj",
                layerScales: ("ls1.gamma", "ls2.gamma"),
                ln2: "norm2",
                mlpInput: "mlp.fc1",
                mlpOutput: "mlp.fc2",
                lnFinal: "norm",
                attentionPooling: .init(
                    query: "attn_pool.latent", projection: .queryAndPairs(query: "attn_pool.q", pairs: "attn_pool.kv"),
                    output: "attn_pool.proj", norm: "attn_pool.norm", mlpInput: "attn_pool.mlp.fc1",
                    mlpOutput: "attn_pool.mlp.fc2"),
                pooledNorm: "fc_norm",
                head: "head",
                distillationHead: "head_dist")
        },
        labels: { try ClassLabel.fromTimm($0.configuration) },
        preprocessing: { try .timm($0, $1) })
}

/// What a timm configuration and its tensors tell through the architecture's name alone (timm 1.0,
/// `vision_transformer.py`).
private enum TimmFacts {
    /// Where the tensor is missing, the arguments and the name still say that it is meant: `vit_small_patch14_reg4_dinov2`.
    static func registers(of name: String, _ input: FamilyInput) throws -> Int {
        var sizes = input.sizes(input.configuration.object("model_args"))
        let counts = name.split(separator: "_").compactMap { $0.hasPrefix("reg") ? Int($0.dropFirst(3)) : nil }
        return try sizes.size(
            .registers, "reg_tokens", usual: counts.first { (1...Limits.positions).contains($0) } ?? 0)
    }

    /// The picture of the arguments, or of the training.
    static func image(_ fields: ConfigurationFields) throws -> Architecture.Extent? {
        if let size = try fields.object("model_args").extent("img_size", Limits.side) { return size }
        guard let size = fields.object("pretrained_cfg").value["input_size"]?.doubles, size.count == 3,
            let height = Int(exactly: size[1]), let width = Int(exactly: size[2]), Limits.side.contains(height),
            Limits.side.contains(width)
        else { return nil }
        return Architecture.Extent(height: height, width: width)
    }

    static func refuseGatedMLP(_ input: FamilyInput) throws {
        let given = try input.weights.shape("blocks.0.mlp.fc1.weight", rank: 2)[0]
        let taken = try input.weights.shape("blocks.0.mlp.fc2.weight", rank: 2)[1]
        if given == 2 * taken { throw ModelError.unserved("a gated MLP (fc1 gives \(given), fc2 takes \(taken))") }
    }

    /// timm's heads are 64 wide, but for its largest and its smallest models.
    static func usualHeads(_ name: String, width: Int) -> Int {
        if name.hasPrefix("vit_base_patch16_gap") { return 16 }
        if name.hasPrefix("test_vit") { return max(1, width / 32) }
        return [1_152: 16, 1_280: 16, 1_408: 16, 1_536: 16, 1_664: 16][width] ?? max(1, width / 64)
    }

    static func activation(of name: String) -> Activation {
        if name.contains("quickgelu") { return .quickGELU }
        let tanh = [
            "vit_base_patch32_siglip", "vit_giantopt_patch16_siglip", "vit_large_patch16_siglip_512",
            "vit_large_patch16_siglip_gap_512", "vit_so400m_patch16_siglip",
        ]
        return tanh.contains { name.hasPrefix($0) } ? .geluTanh : .gelu
    }
}
