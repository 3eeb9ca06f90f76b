import Foundation
import HookedModels
import Imaging
import Tensors
import Testing
import TextNumbers

struct PreprocessingConfigurationTests {
    private static let images = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/golden/open/images").standardizedFileURL.path()
    private static let isPresent = FileManager.default.fileExists(atPath: images)

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(images)/\(folder)")) ?? []).sorted()
    }

    private static let processors = names(in: "preproc").filter { $0.hasSuffix(".json") && $0 != "notes.json" }
        .map { String($0.dropLast(5)) }

    private static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: "\(images)/\(path)")))
    }

    private static func preprocessing(_ processor: String) throws -> Preprocessing {
        let json = try JSONValue.parse(bytes("preproc/\(processor).json"))
        if processor.hasPrefix("hf_") { return try Preprocessing(huggingFace: json) }
        if processor.hasPrefix("timm_") { return try Preprocessing(timm: json) }
        return try Preprocessing(openCLIP: json)
    }

    @Test(.enabled(if: isPresent), arguments: processors)
    func theFilesOfTheLibrariesAreFollowed(processor: String) throws {
        let preprocess = try Self.preprocessing(processor)
        for name in Self.names(in: "preproc/\(processor)") {
            // float32 after a header whose length stands in bytes 8 and 9.
            let file = try Self.bytes("preproc/\(processor)/\(name)")
            let truth = Array(file[(10 + Int(file[8]) + Int(file[9]) << 8)...]).withUnsafeBytes { bytes in
                (0..<(bytes.count / 4)).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
            }
            let pixels = try Pixels(decoding: Self.bytes("files/\(name.dropLast(4))"), exif: .ignore)
            let elements = try preprocess(pixels).elements
            #expect(elements.count == truth.count)
            #expect(zip(elements, truth).allSatisfy { abs($0 - $1) <= 1e-5 }, "\(name)")
        }
    }

    @Test(.enabled(if: isPresent), arguments: processors)
    func whatIsShownCanBeSentBack(processor: String) throws {
        let preprocess = try Self.preprocessing(processor)
        var other = Preprocessing.unitScale(height: 5, width: 6)
        other.resizesAsStored = preprocess.resizesAsStored
        #expect(try other.overridden(by: preprocess.json) == preprocess)
        #expect(try preprocess.overridden(by: [:]) == preprocess)
    }

    private func transformers(_ text: String) throws -> Preprocessing {
        try Preprocessing(huggingFace: JSONValue.parse(Array(text.utf8)))
    }

    @Test func transformersDefaultsFollowTheProcessor() throws {
        let old = try transformers(#"{"feature_extractor_type": "ViTFeatureExtractor", "size": 384}"#)
        #expect(old.resizing == .exact(height: 384, width: 384) && old.crop == nil && old.interpolation == .bilinear)
        let clip = try transformers(
            #"{"feature_extractor_type": "CLIPFeatureExtractor", "size": 224, "crop_size": 224}"#)
        #expect(clip.resizing == .shortestEdge(224) && clip.interpolation == .bicubic && clip.mean[0] == 0.48145466)
        #expect(clip.crop == CentreCrop(height: 224, width: 224, rounding: .down))
        let vivit = try transformers(
            #"{"image_processor_type": "VivitImageProcessor", "rescale_factor": 0.00784, "size": {"shortest_edge": 256}}"#
        )
        #expect(vivit.rescaleOffset == -1 && vivit.rescaleFactor == 0.00784)
        let plain = try transformers(#"{"do_resize": false, "do_rescale": false, "do_normalize": false}"#)
        #expect(plain == Preprocessing(resizing: .none, rescaleFactor: 1))
        let bounded = try transformers(#"{"size": {"shortest_edge": 224, "longest_edge": 300}}"#)
        #expect(bounded.resizing == .shortestEdge(224, longest: 300))
    }

    @Test func timmModesAreFollowed() throws {
        func timm(_ text: String) throws -> Preprocessing { try Preprocessing(timm: JSONValue.parse(Array(text.utf8))) }
        let standard = try timm("{}")
        #expect(standard.resizing == .shortestEdge(256) && standard.interpolation == .bicubic)
        let wide = try timm(#"{"pretrained_cfg": {"input_size": [3, 64, 32], "crop_pct": 1.0}}"#)
        #expect(wide.resizing == .covering(height: 64, width: 32))
        let border = try timm(#"{"crop_mode": "border", "crop_pct": 0.5, "mean": [0.5, 0, 1]}"#)
        #expect(border.resizing == .fitting(height: 448, width: 448) && border.crop?.fill == [128, 0, 255])
        let squash = try timm(#"{"crop_mode": "squash", "crop_pct": 0.9, "interpolation": "lanczos"}"#)
        #expect(squash.resizing == .exact(height: 248, width: 248) && squash.interpolation == .lanczos)
    }

    @Test func openCLIPTakesItsSizeFromTheTower() throws {
        let json: JSONValue = [
            "model_cfg": ["vision_cfg": ["image_size": 240]],
            "preprocess_cfg": ["resize_mode": "longest", "fill_color": 7],
        ]
        let preprocess = try Preprocessing(openCLIP: json)
        #expect(preprocess.resizing == .fitting(height: 240, width: 240) && preprocess.crop?.fill == [7, 7, 7])
        #expect(preprocess.resizesAsStored)
    }

    @Test(
        arguments: [
            ("[]", "preprocessing"), (#"{"size": "big"}"#, "size"), (#"{"size": 0}"#, "size"),
            (#"{"size": -1}"#, "size"),
            (#"{"size": 9000}"#, "size"), (#"{"size": {}}"#, "size"), (#"{"size": {"height": 5}}"#, "size"),
            (#"{"size": {"height": 5, "width": 0}}"#, "size.width"),
            (#"{"size": {"shortest_edge": 2.5}}"#, "size.shortest_edge"),
            (#"{"size": [1]}"#, "size"), (#"{"resample": 9}"#, "resample"), (#"{"resample": "cubic"}"#, "resample"),
            (#"{"image_mean": [0.5]}"#, "image_mean"), (#"{"image_mean": 0.5}"#, "image_mean"),
            (#"{"image_std": [1, 1, 0]}"#, "image_std"), (#"{"image_std": [1, 1, -1]}"#, "image_std"),
            (#"{"do_resize": 1}"#, "do_resize"), (#"{"rescale_factor": "x"}"#, "rescale_factor"),
            (#"{"do_center_crop": true, "crop_size": {"height": 1}}"#, "crop_size"),
        ])
    func wrongSettingsAreNamed(text: String, field: String) {
        let error = #expect(throws: PreprocessingError.self) { try transformers(text) }
        #expect(error?.field == field)
    }

    @Test(
        arguments: [
            (
                #"{"resize": 5, "crop": null, "mean": null, "std": null, "interpolation": "box"}"#,
                Preprocessing(resizing: .shortestEdge(5), interpolation: .box)
            ),
            (
                #"{"resize": null, "crop": 7}"#,
                Preprocessing(
                    resizing: .none, crop: CentreCrop(height: 7, width: 7, rounding: .down), mean: [1, 1, 1],
                    std: [2, 2, 2])
            ),
            (
                #"{"resize": {"mode": "fit", "height": 3, "width": 4}, "crop": {"height": 1, "width": 2, "rounding": "half_to_even", "fill": [1, 2, 3]}}"#,
                Preprocessing(
                    resizing: .fitting(height: 3, width: 4),
                    crop: CentreCrop(height: 1, width: 2, rounding: .halfToEven, fill: [1, 2, 3]), mean: [1, 1, 1],
                    std: [2, 2, 2])
            ),
        ])
    func singleSettingsAreOverridden(text: String, expected: Preprocessing) throws {
        let base = Preprocessing(
            resizing: .exact(height: 9, width: 9), crop: CentreCrop(height: 8, width: 8, rounding: .down),
            mean: [1, 1, 1], std: [2, 2, 2])
        #expect(try base.overridden(by: JSONValue.parse(Array(text.utf8))) == expected)
    }

    @Test(
        arguments: [
            (#"{"size": 5}"#, "size"), (#"{"resize": {"mode": "stretch", "height": 3, "width": 4}}"#, "resize.mode"),
            (#"{"crop": {"height": 3, "width": 4, "rounding": "up"}}"#, "crop.rounding"),
            (#"{"crop": {"height": 3, "width": 4, "fill": [1, 2, 300]}}"#, "crop.fill"), (#"{"mean": [1]}"#, "mean"),
            (#"{"std": [0, 1, 1]}"#, "std"), (#"{"interpolation": null, "rescale_offset": "a"}"#, "rescale_offset"),
        ])
    func wrongOverridesAreNamed(text: String, field: String) {
        let error = #expect(throws: PreprocessingError.self) {
            try Preprocessing.unitScale(height: 2, width: 2).overridden(by: JSONValue.parse(Array(text.utf8)))
        }
        #expect(error?.field == field)
    }
}
