import Checkpoints
import Foundation
import HookedModels
import ServiceTesting
import TextNumbers

/// A model with what a reference library, in float64, makes of an input: the output and every activation.
struct ReferenceModel: CustomStringConvertible, Sendable {
    let folder: URL
    /// What the checkpoint itself does not tell.
    var options = ModelOptions()

    var description: String { folder.lastPathComponent }

    /// Our own small ones.
    static let fixtures = models(
        in: Golden.fixtures.appending(path: "models"), ["hf_vit", "hf_vit_model", "timm_vit", "timm_vit_gap"])

    /// The golden set's.
    static let golden =
        Golden.shared.map {
            models(
                in: $0.appending(path: "models"),
                [
                    "hf_vit", "hf_dino", "hf_dino_small", "hf_dinov2", "hf_dinov2_reg", "hf_siglip", "hf_clip",
                    "hf_clip_vision_proj", "openclip_gelu", "openclip_quickgelu", "timm_vit", "timm_vit_gap",
                    "timm_vit_avg_fcnorm", "timm_deit3", "timm_vit_reg_nonsquare", "timm_vit_clip", "prisma_vit",
                    "prisma_attn_only_1l", "prisma_attn_only_noln", "prisma_bert", "prisma_solu_ln",
                    "prisma_gaap_gray", "prisma_allhooks", "prisma_lnpre_noscale",
                ])
        } ?? []

    private static func models(in folder: URL, _ names: [String]) -> [ReferenceModel] {
        names.map { name in
            var model = ReferenceModel(folder: folder.appending(path: name))
            model.options.hubName = try? model.info()["prisma_config"]?["model_name"]?.string
            return model
        }
    }

    func load() throws -> HookedModel {
        try HookedModel(Checkpoint(path: folder.appending(path: "checkpoint").path), options: options)
    }

    /// Those with a text tower.
    static let withText = golden.filter {
        FileManager.default.fileExists(atPath: $0.folder.appending(path: "cache_text.safetensors").path)
    }

    func loadText() throws -> HookedModel? {
        try HookedModel(textOf: Checkpoint(path: folder.appending(path: "checkpoint").path), options: options)
    }

    /// What the library makes of pictures, or of texts.
    func activations(_ tower: ReferenceActivations.Tower = .pictures) throws -> ReferenceActivations? {
        try ReferenceActivations.read(folder.path).first { $0.tower == tower }
    }

    private func info() throws -> JSONValue {
        try JSONValue.parse([UInt8](Data(contentsOf: folder.appending(path: "info.json"))))
    }
}
