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
            let sizes = try TimmSizes(input)
            let name = try fields.string("architecture") ?? ""
            var architecture = Architecture(
                layers: sizes.layers,
                width: sizes.width,
                heads: try fields.object("model_args").int("num_heads", Limits.heads) ?? sizes.usualHeads(name),
                neurons: sizes.neurons,
                image: sizes.image,
                patch: sizes.patch,
                // CLIP's are the ones with a norm before the blocks, and with torch's own eps.
                eps: weights.hasAny("norm_pre") ? 1e-5 : 1e-6)
            architecture.channels = sizes.channels
            architecture.activation = TimmFacts.activation(of: name)
            architecture.hasDistillationToken = weights.contains("dist_token") || weights.hasAny("head_dist")
            architecture.registers = try TimmFacts.registers(of: name, input)
            // More positions than the other tokens could have: they are a class token's.
            architecture.hasClassToken = false
            let positions = try weights.shape("pos_embed", rank: 3)[1]
            architecture.hasClassToken = weights.contains("cls_token") || positions > architecture.positions
            architecture.hasPreNorm = weights.hasAny("norm_pre")
            architecture.hasLayerScale = weights.hasAny("blocks.0.ls1") || weights.hasAny("blocks.0.ls2")
            architecture.hasFinalNorm = weights.hasAny("norm")
            architecture.hasPooledNorm = weights.hasAny("fc_norm")
            architecture.classes = try weights.rowsIfPresent("head.weight")
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
        if input.weights.contains("reg_token") { return try input.weights.shape("reg_token", rank: 3)[1] }
        if let count = try input.configuration.object("model_args").int("reg_tokens", 0...Limits.positions) {
            return count
        }
        let counts = name.split(separator: "_").compactMap { $0.hasPrefix("reg") ? Int($0.dropFirst(3)) : nil }
        return counts.first { (1...Limits.positions).contains($0) } ?? 0
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

/// The sizes of a timm model. Its configuration names an architecture and what differs from it, so the tensors are asked:
/// they cannot be wrong.
private struct TimmSizes {
    let layers: Int, width: Int, neurons: Int, channels: Int
    let image: Architecture.Extent, patch: Architecture.Extent

    init(_ input: FamilyInput) throws {
        let weights = input.weights
        let kernel = try weights.shape("patch_embed.proj.weight", rank: 4)
        (width, channels) = (kernel[0], kernel[1])
        patch = Architecture.Extent(height: kernel[2], width: kernel[3])
        layers = weights.blocks("blocks")
        neurons = try weights.shape("blocks.0.mlp.fc1.weight", rank: 2)[0]
        let narrowed = try weights.shape("blocks.0.mlp.fc2.weight", rank: 2)[1]
        guard neurons != 2 * narrowed else {
            throw ModelError.unserved("a gated MLP (fc1 gives \(neurons), fc2 takes \(narrowed))")
        }
        let arguments = input.configuration.object("model_args")
        if let size = try arguments.extent("img_size", Limits.side) {
            image = size
        } else if let size = input.configuration.object("pretrained_cfg").value["input_size"]?.doubles, size.count == 3,
            let height = Int(exactly: size[1]), let width = Int(exactly: size[2]), Limits.side.contains(height),
            Limits.side.contains(width)
        {
            image = Architecture.Extent(height: height, width: width)
        } else {
            throw ModelError.configurationLacks(file: input.configuration.file, field: "pretrained_cfg.input_size")
        }
    }

    /// timm's heads are 64 wide, but for its largest and its smallest models.
    func usualHeads(_ name: String) -> Int {
        if name.hasPrefix("vit_base_patch16_gap") { return 16 }
        if name.hasPrefix("test_vit") { return max(1, width / 32) }
        return [1_152: 16, 1_280: 16, 1_408: 16, 1_536: 16, 1_664: 16][width] ?? max(1, width / 64)
    }
}
