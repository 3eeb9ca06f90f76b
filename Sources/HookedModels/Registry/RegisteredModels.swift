/// Every name that ViT-Prisma registers. A name that a script used there can be looked up here: what it is, where its
/// checkpoint is published, and whether it is served.
public enum RegisteredModels {
    /// In ViT-Prisma's order: pictures and films, then text towers.
    public static let all = vision + text

    /// Models of pictures and films.
    static let vision = timm + clip + openCLIP + openCLIPExtended + eva + dino + film

    static let timm: [RegisteredModel] = [
        .model(
            "vit_base_patch16_224", hub: "timm/vit_base_patch16_224.augreg2_in21k_ft_in1k", "timm_vit",
            .base(patch: 16, classes: 1_000)),
        .model(
            "vit_base_patch32_224", hub: "timm/vit_base_patch32_224.augreg_in21k_ft_in1k", "timm_vit",
            .base(patch: 32, classes: 1_000)),
        .model(
            "vit_large_patch16_224", hub: "timm/vit_large_patch16_224.augreg_in21k_ft_in1k", "timm_vit",
            .large(patch: 16, classes: 1_000)),
    ]

    static let clip: [RegisteredModel] = [
        hubModel("openai/clip-vit-base-patch16", "hf_clip", .base(patch: 16)),
        hubModel("openai/clip-vit-base-patch32", "hf_clip", .base(patch: 32)),
        hubModel("openai/clip-vit-large-patch14", "hf_clip", .large(patch: 14)),
        hubModel("openai/clip-vit-large-patch14-336", "hf_clip", .large(patch: 14, image: 336)),
        hubModel(
            "wkcn/TinyCLIP-ViT-8M-16-Text-3M-YFCC15M", "hf_clip",
            .init(layers: 10, width: 256, heads: 4, patch: 16, image: 224, classes: 512)),
    ]

    static let dino: [RegisteredModel] = [
        hubModel("facebook/dino-vitb16", "hf_vit", .base(patch: 16, classes: 768)),
        hubModel("facebook/dino-vitb8", "hf_vit", .base(patch: 8, classes: 768)),
        hubModel("facebook/dino-vits16", "hf_vit", dinoSmall(patch: 16)),
        hubModel("facebook/dino-vits8", "hf_vit", dinoSmall(patch: 8)),
    ]

    static let film: [RegisteredModel] = [
        hubModel("google/vivit-b-16x2-kinetics400", "vivit", .base(patch: 16, classes: 400), status: .later, films),
        hubModel("google/vivit-l-16x2-kinetics400", "vivit", .large(patch: 16, classes: 400), status: .later, films),
        .model(
            "vjepa_v1_vit_huge", hub: nil, "vjepa",
            .init(layers: 32, width: 1_280, heads: 16, patch: 16, image: 224, classes: 1_280), status: .later, films),
    ]

    private static let films = "models of films are not served yet"

    private static func dinoSmall(patch: Int) -> RegisteredModel.Size {
        .init(layers: 12, width: 384, heads: 6, patch: patch, image: 224, classes: 384)
    }

    private static func hubModel(
        _ name: String, _ family: String, _ size: RegisteredModel.Size, status: RegisteredModel.Status = .served,
        _ reason: String? = nil
    ) -> RegisteredModel {
        .model(name, hub: name, family, size, status: status, reason)
    }
}
