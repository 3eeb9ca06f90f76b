import Checkpoints
import Foundation
import HookedModels
import ServiceTesting
import Tensors
import TextNumbers

/// A model with what a reference library, in float64, makes of an input: the output and every activation.
struct ReferenceModel: CustomStringConvertible, Sendable {
    let folder: URL
    /// What the checkpoint itself does not tell.
    var options = ModelOptions()

    var description: String { folder.lastPathComponent }

    /// Our own small ones.
    static let fixtures = models(in: Golden.fixtures.appending(path: "models"), Golden.models)

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
    static let withText = (fixtures + golden).filter {
        FileManager.default.fileExists(atPath: $0.folder.appending(path: "cache_text.safetensors").path)
    }

    func loadText() throws -> HookedModel? {
        try HookedModel(textOf: Checkpoint(path: folder.appending(path: "checkpoint").path), options: options)
    }

    /// The texts' token ids [text, position].
    func tokens() throws -> Tensor {
        guard let ids = try tensors("input.safetensors")["input_ids"] else {
            throw ReferenceError(description: "no input_ids")
        }
        return ids
    }

    func info(_ file: String = "info.json") throws -> JSONValue {
        try JSONValue.parse([UInt8](Data(contentsOf: folder.appending(path: file))))
    }

    /// All tensors of one of its files.
    func tensors(_ file: String) throws -> [String: Tensor] {
        let source = try SafetensorsFile(path: folder.appending(path: file).path)
        return try Dictionary(uniqueKeysWithValues: source.entries.map { ($0.name, try source.tensor($0)) })
    }

    /// The same for the output, of which some references tell no figures of float32 under a hook's name.
    func allowedOutputError(_ truth: Tensor, in info: JSONValue) throws -> Double {
        let own = info["output_native_f32_err"]?.object?.compactMap(\.value.double).max() ?? 0
        let largest = truth.elements.reduce(0.0) { max($0, Double(abs($1))) }
        let hook = try? allowedError(at: "hook_post_head_pre_normalize", in: info)
        return max(3 * own, 2e-6 * largest, hook ?? 0)
    }

    /// How far a float32 computation may be from the float64 reference at a hook: three times the error of the reference
    /// library's own float32 run, and at least 2e-6 of the largest value.
    func allowedError(at hook: String, in info: JSONValue) throws -> Double {
        guard let entry = info["hooks"]?[hook], let largest = entry["max_abs"]?.double else {
            throw ReferenceError(description: "info.json has no figures for \(hook)")
        }
        let own = [entry["prisma_f32_err"]?.double, entry["native_f32_err"]?.double, entry["f32_err"]?.double]
        return max(3 * (own.compactMap { $0 }.max() ?? 0), 2e-6 * largest)
    }
}

struct ReferenceError: Error, CustomStringConvertible {
    let description: String
}
