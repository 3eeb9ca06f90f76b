internal import Checkpoints
internal import TextNumbers

extension Family {
    /// timm's `VisionTransformer`, with a class token or with pooled patches.
    static let timmViT = Family(
        name: "timm_vit",
        summary: "timm's VisionTransformer, with class token or with average pooling",
        recognises: { $0["architecture"]?.string?.hasPrefix("vit_") == true },
        architecture: { input in
            let fields = input.configuration
            let arguments = fields.object("model_args")
            let sizes = try TimmSizes(input)
            var architecture = Architecture(
                layers: sizes.layers,
                width: sizes.width,
                heads: try arguments.int("num_heads", Limits.heads) ?? sizes.usualHeads,
                neurons: sizes.neurons,
                image: sizes.image,
                patch: sizes.patch,
                eps: 1e-6)
            architecture.channels = sizes.channels
            architecture.hasClassToken = input.weights.contains("cls_token")
            architecture.classes = try input.weights.rowsIfPresent("head.weight")
            switch try fields.string("global_pool") ?? (architecture.hasClassToken ? "token" : "avg") {
            case "token": architecture.pooling = .cls
            case "avg": architecture.pooling = .mean
            case "": architecture.pooling = .none
            default: throw fields.wrong("global_pool", "token, avg or empty")
            }
            return architecture
        },
        weights: WeightNames(
            patches: "patch_embed.proj",
            classToken: "cls_token",
            positions: "pos_embed",
            block: "blocks",
            ln1: "norm1",
            projection: .fused("attn.qkv"),
            attentionOutput: "attn.proj",
            ln2: "norm2",
            mlpInput: "mlp.fc1",
            mlpOutput: "mlp.fc2",
            lnFinal: "norm",
            head: "head"),
        labels: { try ClassLabel.fromTimm($0.configuration) },
        preprocessing: { try .timm($0, $1) })
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
        var count = 0
        while weights.contains("blocks.\(count).norm1.weight") { count += 1 }
        layers = count
        neurons = try weights.shape("blocks.0.mlp.fc1.weight", rank: 2)[0]
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

    /// timm's heads are 64 wide, but for its three largest models.
    var usualHeads: Int { [1_280: 16, 1_408: 16, 1_664: 16][width] ?? max(1, width / 64) }
}
