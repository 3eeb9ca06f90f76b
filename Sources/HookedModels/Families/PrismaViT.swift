internal import Checkpoints
internal import Imaging
internal import Tensors
internal import TextNumbers

extension Family {
    /// ViT-Prisma's own checkpoints: `config.json` holds its `HookedViTConfig`, the tensors have its names.
    static let prismaViT = Family(
        name: "prisma",
        summary: "ViT-Prisma's own checkpoints: attention only, BertBlock, no norm, LNPre, SoLU, gaap, any channels",
        recognises: { $0["d_model"] != nil && $0["n_layers"] != nil && $0["normalization_type"] != nil },
        architecture: { input in
            let fields = input.configuration
            if try fields.bool("is_video_transformer", default: false) {
                throw ModelError.unserved("a video transformer")
            }
            var sizes = input.sizes(fields)
            let width = try sizes.required(.width, "d_model")
            let patch = try sizes.patch("patch_size", usual: 32)
            let hasClassToken = try fields.bool("use_cls_token", default: true)
            var architecture = Architecture(
                layers: try sizes.required(.layers, "n_layers"),
                width: width,
                heads: try sizes.size(.heads, "n_heads", usual: 4),
                headWidth: try sizes.ifTold(.headWidth, "d_head"),
                neurons: try sizes.size(.neurons, "d_mlp", usual: 1),
                image: try sizes.image(
                    stated: fields.extent("image_size", Limits.side), usual: .init(square: 224), field: "image_size",
                    patch: patch, before: [hasClassToken ? 1 : 0]),
                patch: patch,
                eps: Float(try fields.double("eps") ?? 1e-6))
            architecture.channels = try sizes.size(.channels, "n_channels", usual: 3)
            architecture.hasClassToken = hasClassToken
            architecture.normalization = try normalization(fields)
            architecture.hasFinalNorm = architecture.normalization != .none
            architecture.hasPreNorm = try fields.bool("layer_norm_pre", default: false)
            architecture.block = try fields.bool("use_bert_block", default: false) ? .branchNorm : .preNorm
            architecture.isAttentionOnly = try fields.bool("attn_only", default: false)
            architecture.scalesAttention = try fields.bool("use_attn_scale", default: true)
            architecture.hasSoLU = try fields.string("activation_name") == "solu_ln"
            architecture.activation =
                architecture.hasSoLU ? .identity : try fields.activation("activation_name", default: .gelu)
            switch try fields.string("classification_type") ?? "cls" {
            case "cls": architecture.pooling = .cls
            case "gaap": architecture.pooling = .meanOfAll
            default: architecture.pooling = .none
            }
            if try fields.string("return_type") ?? "pre_logits" != "pre_logits" {
                architecture.classes = try sizes.size(.classes, "n_classes", usual: 10)
            }
            architecture.normalizesOutput = try fields.bool("normalize_output", default: false)
            return architecture
        },
        weights: { input in
            // The class token and the head are always in the file, used or not.
            let hasClassToken = try input.configuration.bool("use_cls_token", default: true)
            let hasHead = try input.configuration.string("return_type") ?? "pre_logits" != "pre_logits"
            return WeightNames(
                patches: "embed.proj",
                classToken: "cls_token",
                positions: "pos_embed.W_pos",
                lnPre: NormName(weight: "ln_pre.w", bias: "ln_pre.b"),
                block: "blocks",
                ln1: NormName(weight: "ln1.w", bias: "ln1.b"),
                projection: .perHead("attn"),
                attentionOutput: "attn",
                ln2: NormName(weight: "ln2.w", bias: "ln2.b"),
                mlpInput: .parameters(weight: "mlp.W_in", bias: "mlp.b_in"),
                mlpNorm: NormName(weight: "mlp.ln.w", bias: "mlp.ln.b"),
                mlpOutput: .parameters(weight: "mlp.W_out", bias: "mlp.b_out"),
                lnFinal: NormName(weight: "ln_final.w", bias: "ln_final.b"),
                head: .parameters(weight: "head.W_H", bias: "head.b_H"),
                ignored: (hasClassToken ? [] : ["cls_token"]) + (hasHead ? [] : ["head."]))
        },
        labels: { _ in [] },
        preprocessing: { _, architecture in
            .unitScale(height: architecture.image.height, width: architecture.image.width)
        },
        flags: { input in
            let fields = input.configuration
            return HookFlags(
                useAttnResult: try fields.bool("use_attn_result", default: false),
                useSplitQKVInput: try fields.bool("use_split_qkv_input", default: false),
                useAttnIn: try fields.bool("use_attn_in", default: false),
                useHookMLPIn: try fields.bool("use_hook_mlp_in", default: false))
        })

    private static func normalization(_ fields: ConfigurationFields) throws -> Architecture.Normalization {
        guard let name = try fields.string("normalization_type") else { return .none }
        guard let kind = Architecture.Normalization(rawValue: name) else {
            throw fields.wrong("normalization_type", "LN, LNPre or null")
        }
        return kind
    }
}
