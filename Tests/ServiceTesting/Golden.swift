public import Foundation

/// Where reference data lies: fixtures of our own always, the larger golden set where it stands beside the project.
public enum Golden {
    /// The package's folder.
    public static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// `Tests/Fixtures`.
    public static let fixtures = package.appending(path: "Tests/Fixtures")

    /// The models among them, `models/NAME`.
    public static let models = [
        "hf_vit", "hf_vit_model", "hf_clip", "hf_dinov2", "hf_dinov2_reg", "hf_siglip", "open_clip", "timm_vit",
        "timm_vit_gap", "timm_reg", "timm_fc_norm", "timm_clip", "timm_distilled", "timm_map", "prisma_attn_only",
        "prisma_bert", "prisma_solu", "prisma_lnpre", "prisma_gaap_grey", "prisma_flags",
    ]

    /// `../shared/golden/open`; `nil` where it is not there.
    public static let shared: URL? = {
        let folder = package.deletingLastPathComponent().appending(path: "shared/golden/open")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()
}
