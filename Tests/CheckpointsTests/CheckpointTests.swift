import Foundation
import Tensors
import Testing
import TextNumbers

@testable import Checkpoints

struct CheckpointTests {
    private let folder: TemporaryFolder
    private static func weights(_ names: String...) -> [UInt8] {
        SafetensorsWriter(names.map { ($0, ArrayValue(Tensor(shape: [2], elements: [1, 2]))) }).encoded
    }

    init() throws { folder = try TemporaryFolder() }

    @Test(
        .enabled(if: Golden.isPresent),
        arguments: [
            ("hf_vit", Checkpoint.Layout.huggingFace), ("hf_dino", .huggingFace), ("timm_vit", .timm),
            ("openclip_gelu", .openCLIP),
        ])
    func layoutsOfTheLibrariesAreRecognised(model: String, layout: Checkpoint.Layout) throws {
        let checkpoint = try Checkpoint(path: "\(Golden.folder)/models/\(model)/checkpoint")
        #expect(checkpoint.layout == layout)
        #expect(checkpoint.config != nil && checkpoint.preprocessor != nil)
        #expect(!checkpoint.entries.isEmpty && checkpoint.byteCount > 1000 && checkpoint.modified.seconds > 0)
    }

    @Test func aFileAloneIsBare() throws {
        let checkpoint = try Checkpoint(path: try folder.write("w.safetensors", Self.weights("a")))
        #expect(checkpoint.layout == .bare && checkpoint.config == nil && checkpoint.name == "w.safetensors")
    }

    @Test func safetensorsComeBeforePickles() throws {
        try folder.write("pytorch_model.bin", "pickle")
        #expect(throws: CheckpointError.self) { try Checkpoint(path: folder.path) }
        try folder.write("model.safetensors", Self.weights("a"))
        try folder.write("zzz.safetensors", "not looked at")
        #expect(try Checkpoint(path: folder.path).entries.map(\.name) == ["a"])
    }

    /// Repositories of open_clip's models hold the same weights in transformers' layout as well.
    @Test(arguments: [true, false])
    func openCLIPsConfigurationBelongsToItsOwnWeights(_ isSafetensors: Bool) throws {
        try folder.write("config.json", #"{"model_type": "clip"}"#)
        try folder.write("open_clip_config.json", #"{"model_cfg": {}}"#)
        try folder.write("model.safetensors", Self.weights("vision_model.a"))
        try folder.write("open_clip_pytorch_model.bin", TorchFiles.good)
        if isSafetensors { try folder.write("open_clip_model.safetensors", Self.weights("visual.a")) }
        let checkpoint = try Checkpoint(path: folder.path)
        #expect(checkpoint.layout == .openCLIP)
        #expect(
            checkpoint.files.map(\.name) == [
                isSafetensors ? "open_clip_model.safetensors" : "open_clip_pytorch_model.bin"
            ])
    }

    @Test(arguments: ["pytorch_model.bin", "open_clip_pytorch_model.bin", "model_0.pth", "weights.pt", "last.ckpt"])
    func aFolderOfOnePyTorchFileIsOpened(name: String) throws {
        try folder.write(name, TorchFiles.good)
        try folder.write("config.json", #"{"model_type": "vit"}"#)
        let checkpoint = try Checkpoint(path: folder.path)
        #expect(checkpoint.entries.map(\.name) == ["w"] && checkpoint.layout == .huggingFace)
        #expect(try checkpoint.tensor(named: "w").elements.last == 11)
        #expect(try checkpoint.record() == [:])
        checkpoint.releasePages()
        #expect(try checkpoint.digest() == FileDigest.sha256(of: ["\(folder.path)/\(name)"]) { false })
        #expect(try Checkpoint(path: "\(folder.path)/\(name)").entries == checkpoint.entries)
    }

    @Test func theUsualNameComesBeforeOtherPyTorchFiles() throws {
        try folder.write("pytorch_model.bin", TorchFiles.good)
        try folder.write("optimizer.pt", "not looked at")
        #expect(try Checkpoint(path: folder.path).entries.map(\.name) == ["w"])
    }

    @Test func partsOfAPyTorchCheckpointAreReadAsOne() throws {
        for name in ["a", "b"] {
            let pickle = PickleWriter.pickle {
                $0.dict { part in
                    part.text(name)
                    part.tensor(storage: 12, [12], [1])
                }
            }
            try folder.write("pytorch_model-\(name).bin", TorchFiles.archive(pickle))
        }
        let index = #"{"weight_map": {"a": "pytorch_model-a.bin", "b": "pytorch_model-b.bin"}}"#
        try folder.write("pytorch_model.bin.index.json", index)
        let checkpoint = try Checkpoint(path: folder.path)
        #expect(checkpoint.entries.map(\.name) == ["a", "b"] && checkpoint.files.count == 2)
        try folder.write("pytorch_model.bin.index.json", #"{"weight_map": {"a": "x.safetensors"}}"#)
        #expect(throws: CheckpointError.self) { try Checkpoint(path: folder.path) }
    }

    @Test(arguments: [
        (["a.pt", "b.pth"], "which of a.pt, b.pth is meant? Name the file, or call it pytorch_model.bin"),
        ([], "no weights were found"),
        (["a.safetensors", "b.safetensors"], "which of a.safetensors, b.safetensors"),
    ])
    func whatCannotBeOpenedSaysWhy(files: [String], sentence: String) throws {
        for file in files { try folder.write(file, "") }
        let error = #expect(throws: CheckpointError.self) { try Checkpoint(path: folder.path) }
        #expect(try #require(error).description.contains(sentence))
        #expect(!(try #require(error).description.contains("/")))
    }

    @Test func aConfigurationThatIsNoObjectIsRefused() throws {
        try folder.write("model.safetensors", Self.weights("a"))
        for text in ["[]", "{", "", "{} x"] {
            try folder.write("config.json", text)
            let error = #expect(throws: CheckpointError.self) { try Checkpoint(path: folder.path) }
            #expect(error?.file == "config.json")
        }
        try folder.write("config.json", #"{"model_type": "vit", "model_type": "dino"}"#)
        #expect(try Checkpoint(path: folder.path).config?["model_type"]?.string == "dino")
    }

    @Test func theDigestIsThatOfTheFile() throws {
        let path = try folder.write("abc.safetensors", "abc")
        let digest = try FileDigest.sha256(of: [path]) { false }
        #expect(digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let two = try folder.write("two", [UInt8](repeating: 7, count: (2 << 20) + 5))
        var calls = 0
        #expect(
            try FileDigest.sha256(of: [two]) {
                calls += 1
                return calls > 2
            } == nil)
        #expect(calls == 3)
    }

    @Test func theDigestOfACheckpointIsTheOneOfItsFile() throws {
        let path = try folder.write("w.safetensors", Self.weights("a"))
        let checkpoint = try Checkpoint(path: path)
        #expect(try checkpoint.digest() == FileDigest.sha256(of: [path]) { false })
        #expect(try checkpoint.digest(isCancelled: { true }) == nil)
    }
}
