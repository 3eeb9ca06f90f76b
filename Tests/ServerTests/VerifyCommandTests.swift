import Checkpoints
import Foundation
import ServiceTesting
import Tensors
import Testing
import TextNumbers

/// `prisma verify` as its users start it.
@Suite(.serialized, .enabled(if: Program.path != nil)) struct VerifyCommandTests {
    private static let fixture = Golden.fixtures.appending(path: "models/hf_vit").path

    /// The fixture with one element of one activation moved by `distance`.
    private func moved(_ hook: String, by distance: Float) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let from = URL(filePath: Self.fixture)
        for name in ["input.safetensors", "output.safetensors", "info.json"] {
            try folder.write([UInt8](Data(contentsOf: from.appending(path: name))), to: name)
        }
        let cache = try SafetensorsFile(path: from.appending(path: "cache.safetensors").path)
        let tensors = try cache.entries.map { entry -> (name: String, value: ArrayValue) in
            let tensor = try cache.tensor(entry)
            var elements = tensor.elements
            if entry.name == hook { elements[elements.count / 2] += distance }
            return (entry.name, ArrayValue(Tensor(shape: tensor.shape, elements: elements)))
        }
        try folder.write(SafetensorsWriter(tensors).pieces.joined, to: "cache.safetensors")
        return folder
    }

    @Test func aModelThatAgreesEndsWithZero() async throws {
        let end = try await Program.run("verify", Self.fixture + "/checkpoint", "--reference", Self.fixture)
        #expect(end.status == 0 && end.errors.isEmpty, "\(end.errors)")
        let lines = end.output.split(separator: "\n")
        #expect(lines[0].split(separator: " ") == ["hook", "error", "float32's", "allowed", "ratio"])
        let ratios = lines.dropFirst().dropLast().compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
        #expect(ratios.count == lines.count - 2 && ratios.count > 40)
        #expect(ratios == ratios.sorted(by: >), "the worst first")
        #expect(lines.last?.contains("all \(ratios.count) within the tolerance; worst \(lines[1].prefix(8))") == true)
    }

    @Test func oneWrongNumberIsFoundAndNamed() async throws {
        let folder = try moved("blocks.1.hook_resid_mid", by: 1e-3)
        let save = folder.url.appending(path: "report.json").path
        let end = try await Program.run(
            "verify", Self.fixture + "/checkpoint", "--reference", folder.url.path, "--json", "--save", save)
        #expect(end.status == 1 && end.errors.isEmpty, "\(end.errors)")
        let report = try JSONValue.parse(Array(end.output.utf8))
        let tower = report["towers"]?[0]
        #expect(report["within"] == false && tower?["within"] == false)
        #expect(tower?["worst"] == "blocks.1.hook_resid_mid")
        let beyond = (tower?["hooks"]?.array ?? []).filter { $0["within"] == false }
        #expect(beyond.map { $0["name"]?.string } == ["blocks.1.hook_resid_mid"])
        #expect(try #require(beyond.first?["error"]?.double) > 9e-4)
        #expect(try JSONValue.parse([UInt8](Data(contentsOf: URL(filePath: save)))) == report)
    }

    /// A model that is not served is at fault, whatever else the reference lacks.
    @Test func aVideoModelIsRefusedForWhatItIs() async throws {
        let folder = try TemporaryFolder()
        var checkpoint = TinyModel(.prismaAttentionOnly).checkpoint
        checkpoint.configuration = checkpoint.configuration?.setting("is_video_transformer", to: true)
        let model = try checkpoint.write(to: folder, named: "video").path
        let frames = [("video_values", ArrayValue(Tensor(repeating: 0, shape: [1])))]
        let reference = try folder.write(SafetensorsWriter(frames).pieces.joined, to: "input.safetensors")
        let end = try await Program.run("verify", model, "--reference", reference.deletingLastPathComponent().path)
        #expect(end.status == 1 && end.errors.contains("a video transformer, which is not served"), "\(end.errors)")
        #expect(!end.errors.contains("pixel_values"), "\(end.errors)")
    }

    @Test func whatCannotBeComparedIsSaid() async throws {
        let (checkpoint, cache) = (Self.fixture + "/checkpoint", Self.fixture + "/cache.safetensors")
        let bare = try await Program.run("verify", checkpoint, "--reference", cache)
        #expect(bare.status == 1 && bare.errors.contains("cache.safetensors has no tensor 'pixel_values'"), "\(bare)")
        let nowhere = try await Program.run("verify", checkpoint, "--reference", "/nowhere")
        #expect(nowhere.status == 1 && nowhere.output.isEmpty && nowhere.errors.contains("nowhere"))
        let model = try await Program.run("verify", "nothing", "--reference", Self.fixture)
        #expect(model.status == 1 && model.errors.contains("there is no model or checkpoint 'nothing'"))
        let config = try await Program.run("verify", "x", "--reference", Self.fixture, "--config", "/nowhere.yaml")
        #expect(config.status == 2)
        #expect(try await Program.run("verify", checkpoint).status == 64)
    }

    @Test func aModelOfAConfigurationIsVerified() async throws {
        let folder = try TemporaryFolder()
        let text = "models: [{id: vit, path: \(Self.fixture)/checkpoint}]\n"
        let config = try folder.write(Array(text.utf8), to: "prisma.yaml")
        let end = try await Program.run("verify", "vit", "--config", config.path, "--reference", Self.fixture)
        #expect(end.status == 0 && end.output.contains("vit, pictures: all"), "\(end.errors)")
    }
}
