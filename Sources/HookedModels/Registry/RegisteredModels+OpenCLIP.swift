extension RegisteredModels {
    static let openCLIP: [RegisteredModel] =
        RegisteredModel.openCLIP(
            [
                "laion/CLIP-ViT-B-16-CommonPool.L-s1B-b8K", "laion/CLIP-ViT-B-16-CommonPool.L.basic-s1B-b8K",
                "laion/CLIP-ViT-B-16-CommonPool.L.clip-s1B-b8K", "laion/CLIP-ViT-B-16-CommonPool.L.image-s1B-b8K",
                "laion/CLIP-ViT-B-16-CommonPool.L.laion-s1B-b8K", "laion/CLIP-ViT-B-16-CommonPool.L.text-s1B-b8K",
                "laion/CLIP-ViT-B-16-DataComp.L-s1B-b8K", "laion/CLIP-ViT-B-16-DataComp.XL-s13B-b90K",
                "laion/CLIP-ViT-B-16-laion2B-s34B-b88K", "timm/vit_base_patch16_clip_224.laion400m_e31",
                "timm/vit_base_patch16_clip_224.laion400m_e32",
            ], .base(patch: 16))
        + RegisteredModel.openCLIP(
            [
                "laion/CLIP-ViT-B-32-CommonPool.M-s128M-b4K", "laion/CLIP-ViT-B-32-CommonPool.M.basic-s128M-b4K",
                "laion/CLIP-ViT-B-32-CommonPool.M.clip-s128M-b4K", "laion/CLIP-ViT-B-32-CommonPool.M.image-s128M-b4K",
                "laion/CLIP-ViT-B-32-CommonPool.M.laion-s128M-b4K", "laion/CLIP-ViT-B-32-CommonPool.M.text-s128M-b4K",
                "laion/CLIP-ViT-B-32-CommonPool.S-s13M-b4K", "laion/CLIP-ViT-B-32-CommonPool.S.basic-s13M-b4K",
                "laion/CLIP-ViT-B-32-CommonPool.S.clip-s13M-b4K", "laion/CLIP-ViT-B-32-CommonPool.S.image-s13M-b4K",
                "laion/CLIP-ViT-B-32-CommonPool.S.laion-s13M-b4K", "laion/CLIP-ViT-B-32-CommonPool.S.text-s13M-b4K",
                "laion/CLIP-ViT-B-32-DataComp.M-s128M-b4K", "laion/CLIP-ViT-B-32-DataComp.S-s13M-b4K",
                "laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
                "timm/vit_base_patch32_clip_224.laion2b_e16",
            ], .base(patch: 32))
        + RegisteredModel.openCLIP(
            [
                "laion/CLIP-ViT-L-14-CommonPool.XL-s13B-b90K", "laion/CLIP-ViT-L-14-CommonPool.XL.clip-s13B-b90K",
                "laion/CLIP-ViT-L-14-CommonPool.XL.laion-s13B-b90K", "laion/CLIP-ViT-L-14-DataComp.XL-s13B-b90K",
                "laion/CLIP-ViT-L-14-laion2B-s32B-b82K", "timm/vit_large_patch14_clip_224.laion400m_e31",
                "timm/vit_large_patch14_clip_224.laion400m_e32",
            ], .large(patch: 14))
        + RegisteredModel.openCLIP(
            ["laion/CLIP-ViT-g-14-laion2B-s34B-b88K"], .giant(layers: 40, width: 1_408, classes: 1_024))
        + RegisteredModel.openCLIP(
            ["laion/CLIP-ViT-bigG-14-laion2B-39B-b160k"], .giant(layers: 48, width: 1_664, classes: 1_280))
        + RegisteredModel.openCLIP(["timm/vit_medium_patch16_clip_224.tinyclip_yfcc15m"], tiny(12, 512, 8, patch: 16))

    /// What ViT-Prisma lists as failing: most of it has quick GELU, or sizes that its own table contradicts. Both are read
    /// from the checkpoint here.
    static let openCLIPExtended: [RegisteredModel] =
        RegisteredModel.openCLIP(
            [
                "timm/vit_base_patch16_clip_224.metaclip_2pt5b", "timm/vit_base_patch16_clip_224.metaclip_400m",
                "timm/vit_base_patch16_clip_224.openai",
            ], .base(patch: 16))
        + RegisteredModel.openCLIP(
            [
                "timm/vit_base_patch32_clip_224.laion400m_e31", "timm/vit_base_patch32_clip_224.laion400m_e32",
                "timm/vit_base_patch32_clip_224.metaclip_2pt5b", "timm/vit_base_patch32_clip_224.metaclip_400m",
                "timm/vit_base_patch32_clip_224.openai",
            ], .base(patch: 32))
        + RegisteredModel.openCLIP(
            ["laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K"], .base(patch: 32, image: 256))
        + RegisteredModel.openCLIP(roberta.base, .base(patch: 32), picturesAlone)
        + RegisteredModel.openCLIP(roberta.large, .huge14, picturesAlone)
        + RegisteredModel.openCLIP(["laion/CLIP-ViT-H-14-laion2B-s32B-b79K"], .huge14)
        + RegisteredModel.openCLIP(
            ["timm/vit_base_patch16_plus_clip_240.laion400m_e31", "timm/vit_base_patch16_plus_clip_240.laion400m_e32"],
            .init(layers: 12, width: 896, heads: 14, patch: 16, image: 240, classes: 640))
        + RegisteredModel.openCLIP(
            [
                "timm/vit_large_patch14_clip_224.metaclip_2pt5b", "timm/vit_large_patch14_clip_224.metaclip_400m",
                "timm/vit_large_patch14_clip_224.openai",
            ], .large(patch: 14))
        + RegisteredModel.openCLIP(["timm/vit_large_patch14_clip_336.openai"], .large(patch: 14, image: 336))
        + RegisteredModel.openCLIP(["timm/vit_medium_patch32_clip_224.tinyclip_laion400m"], tiny(12, 512, 8, patch: 32))
        + RegisteredModel.openCLIP(["timm/vit_xsmall_patch16_clip_224.tinyclip_yfcc15m"], tiny(10, 256, 4, patch: 16))
        + RegisteredModel.openCLIP(["timm/vit_betwixt_patch32_clip_224.tinyclip_laion400m"], betwixt)
        + RegisteredModel.openCLIP(
            ["timm/vit_gigantic_patch14_clip_224.metaclip_2pt5b"], .giant(layers: 48, width: 1_664, classes: 1_280))
        + RegisteredModel.openCLIP(["timm/vit_huge_patch14_clip_224.metaclip_2pt5b"], .huge14)
        + RegisteredModel.openCLIP(
            ["laion/CoCa-ViT-B-32-laion2B-s13B-b90k"], .base(patch: 32), family: "coca", status: .refused, pooler)
        + RegisteredModel.openCLIP(
            ["laion/CoCa-ViT-L-14-laion2B-s13B-b90k"], .large(patch: 14), family: "coca", status: .refused, pooler)

    static let eva: [RegisteredModel] =
        evaModels(["timm/eva02_base_patch16_clip_224.merged2b_s8b_b131k"], .base(patch: 16))
        + evaModels(
            [
                "timm/eva02_enormous_patch14_clip_224.laion2b_s4b_b115k",
                "timm/eva02_enormous_patch14_plus_clip_224.laion2b_s9b_b144",
            ], .giant(layers: 64, width: 1_792, classes: 1_024))
        + evaModels(["timm/eva02_large_patch14_clip_224.merged2b_s4b_b131k"], .large(patch: 14))
        + evaModels(["timm/eva02_large_patch14_clip_336.merged2b_s6b_b61k"], .large(patch: 14, image: 336))
        + evaModels(
            [
                "timm/eva_giant_patch14_clip_224.laion400m_s11b_b41k",
                "timm/eva_giant_patch14_plus_clip_224.merged2b_s11b_b114k",
            ], .giant(layers: 40, width: 1_408, classes: 1_024))

    static let text: [RegisteredModel] =
        textTowers(
            ["laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K"], .text(width: 512, heads: 8, classes: 512))
        + textTowers(
            ["laion/CLIP-ViT-L-14-DataComp.XL-s13B-b90K"], .text(width: 768, heads: 12, classes: 768))
        + textTowers(
            roberta.base, .text(width: 768, heads: 12, classes: 512), family: "roberta", status: .refused, otherText)
        + textTowers(
            roberta.large, .init(layers: 24, width: 1_024, heads: 16, patch: nil, image: nil, classes: 1_024),
            family: "roberta", status: .refused, otherText)
        + textTowers(
            [
                "laion/CLIP-ViT-B-16-CommonPool.L-s1B-b8K", "laion/CLIP-ViT-B-16-CommonPool.L.basic-s1B-b8K",
                "laion/CLIP-ViT-B-16-CommonPool.L.clip-s1B-b8K", "laion/CLIP-ViT-B-16-CommonPool.L.laion-s1B-b8K",
                "laion/CLIP-ViT-B-32-CommonPool.M-s128M-b4K", "laion/CLIP-ViT-B-32-CommonPool.S-s13M-b4K",
            ], .text(width: 512, heads: 8, classes: 512))
        + textTowers(
            ["laion/CLIP-ViT-L-14-CommonPool.XL-s13B-b90K"], .text(width: 768, heads: 12, classes: 768))
        + textTowers(
            ["laion/CoCa-ViT-B-32-laion2B-s13B-b90k"], .text(width: 512, heads: 8, classes: 512), family: "coca",
            status: .refused, pooler)
        + textTowers(
            ["laion/CoCa-ViT-L-14-laion2B-s13B-b90k"], .text(width: 768, heads: 12, classes: 768), family: "coca",
            status: .refused, pooler)

    private static let roberta = (
        base: [
            "laion/CLIP-ViT-B-32-xlm-roberta-base-laion5B-s13B-b90k",
            "laion/CLIP-ViT-B-32-roberta-base-laion2B-s12B-b32k",
        ],
        large: ["laion/CLIP-ViT-H-14-frozen-xlm-roberta-large-laion5B-s13B-b90k"]
    )

    private static let picturesAlone = "the model of pictures is served; its text tower, a RoBERTa, is not"
    private static let otherText = "the text tower is a RoBERTa, which is not read; the model of pictures is served"
    private static let pooler = "CoCa reads its output through an attentional pooler, which is not served"
    private static let rotary = "EVA has rotary positions and gated feed-forward layers, which are not served"

    private static func tiny(_ layers: Int, _ width: Int, _ heads: Int, patch: Int) -> RegisteredModel.Size {
        .init(layers: layers, width: width, heads: heads, patch: patch, image: 224, classes: 512)
    }

    private static let betwixt = RegisteredModel.Size(
        layers: 12, width: 640, heads: 10, patch: 32, image: 224, classes: nil)

    private static func evaModels(_ names: [String], _ size: RegisteredModel.Size) -> [RegisteredModel] {
        RegisteredModel.openCLIP(names, size, family: "eva", status: .refused, rotary)
    }

    private static func textTowers(
        _ names: [String], _ size: RegisteredModel.Size, family: String = "open_clip",
        status: RegisteredModel.Status = .served, _ reason: String? = nil
    ) -> [RegisteredModel] {
        RegisteredModel.openCLIP(names, size, tower: .text, family: family, status: status, reason)
    }
}
