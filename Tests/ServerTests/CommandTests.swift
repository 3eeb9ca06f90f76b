import Checkpoints
import Foundation
import HookedModels
import ServiceTesting
import Testing
import TextNumbers
import Web

@testable import prisma

/// `prisma models`, `prisma run` and `prisma serve --models` as their users start them.
@Suite(.serialized, .enabled(if: Program.path != nil)) struct CommandTests {
    /// A folder with two models, one that is broken, and two pictures.
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        _ = try TinyModel().checkpoint.write(to: folder, named: "models/vit")
        _ = try TinyModel(.huggingFaceFeatures).checkpoint.write(to: folder, named: "models/org/features")
        try folder.write([1, 2, 3], to: "models/broken/model.safetensors")
        try folder.write([1], to: "models/empty/notes.txt")
        try folder.write(SmallPNG(noise: 1).bytes, to: "one.png")
        try folder.write(SmallPNG(noise: 2).bytes, to: "two.png")
        try folder.write(Array("no picture".utf8), to: "three.png")
        return folder
    }

    private func path(_ folder: TemporaryFolder, _ name: String) -> String { folder.url.appending(path: name).path }

    @Test func modelsAreListedAsTheyAre() async throws {
        let folder = try folder()
        let table = try await Program.run("models", "--models", path(folder, "models"))
        #expect(table.status == 0 && table.errors.isEmpty, "\(table.errors)")
        let lines = table.output.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].split(separator: " ") == ["id", "family", "parameters", "input", "state"])
        #expect(lines[1].hasPrefix("broken ") && lines[1].contains("failed: model.safetensors:"))
        #expect(lines[2].hasPrefix("org--features  hf_vit") && lines[2].hasSuffix("3 × 32 × 32  loaded"))
        let parameters = try TinyModel().load().parameterCount
        #expect(lines[3].hasPrefix("vit ") && lines[3].contains(ModelsCommand.grouped(parameters)))
        let json = try await Program.run("models", "--models", path(folder, "models"), "--json")
        let models = try #require(try JSONValue.parse(Array(json.output.utf8))["models"]?.array)
        #expect(models.map { $0["id"]?.string } == ["broken", "org--features", "vit"])
        #expect(models.map { $0["state"]?.string } == ["failed", "loaded", "loaded"])
        #expect(try await Program.run("models", "--models", path(folder, "nowhere")).status == 2)
    }

    /// What is said to a client of HTTP is of no use here.
    @Test func aCLIPIsToldInTheProgramsOwnWords() async throws {
        let folder = try folder()
        _ = try TinyCLIP().write(to: folder, named: "models/clip")
        let end = try await Program.run("run", path(folder, "models/clip"), path(folder, "one.png"))
        #expect(end.status == 1 && end.output.isEmpty)
        #expect(end.errors.contains("has no classes of its own; --capture GLOB --out FILE"), "\(end.errors)")
        #expect(!end.errors.contains("/run") && !end.errors.contains("\"labels\""), "\(end.errors)")
        let out = path(folder, "x.npz")
        let unknown = try await Program.run(
            "run", path(folder, "models/clip"), path(folder, "one.png"), "--capture", "zzzzzzzzzz", "--out", out)
        #expect(unknown.status == 1 && !unknown.errors.contains("GET "), "\(unknown.errors)")
    }

    @Test func withoutABestClassThatIsSaid() {
        let text = PredictionTable("x.png", ["top": []]).text
        #expect(text == "x.png\n  the logits are no numbers: no class is the best")
    }

    @Test func aPictureIsPredicted() async throws {
        let folder = try folder()
        let (one, two) = (path(folder, "one.png"), path(folder, "two.png"))
        let end = try await Program.run("run", path(folder, "models/vit"), one, two, "--top-k", "2")
        #expect(end.status == 0 && end.errors.isEmpty, "\(end.errors)")
        let lines = end.output.split(separator: "\n")
        #expect(lines.count == 6 && lines[0] == one && lines[3] == two)
        #expect(lines[1].contains("%") && lines[1].contains("█"))
        // The same as a server would have said.
        let json = try await Program.run(
            "run", "vit", one, two, "--models", path(folder, "models"), "--json", "--top-k", "1")
        let service = try await TestService(["vit": TinyModel()])
        for (index, picture) in [1, 2].enumerated() {
            let document: JSONValue = [
                "inputs": .array([["image": ["base64": .string(Base64.encode(SmallPNG(noise: UInt64(picture)).bytes))]]]
                ),
                "top_k": 1,
            ]
            let served = try await service.post("/v1/models/vit/predict", document).json
            let printed = try JSONValue.parse(Array(json.output.utf8))
            #expect(printed["model"] == "vit")
            #expect(printed["results"]?[index]?["top"] == served["results"]?[0]?["top"])
        }
    }

    @Test func aPictureComesFromStandardInput() async throws {
        let folder = try folder()
        let program = try Program(
            ["run", path(folder, "models/vit"), "-", "--json"], input: folder.url.appending(path: "one.png"))
        let end = await program.end()
        #expect(end.status == 0)
        #expect(try JSONValue.parse(Array(end.output.utf8))["results"]?[0]?["image"] == "-")
    }

    @Test func whatFailsIsSaidAndTheRestGoesOn() async throws {
        let folder = try folder()
        let end = try await Program.run(
            "run", path(folder, "models/vit"), path(folder, "three.png"), path(folder, "one.png"),
            path(folder, "four.png"))
        #expect(end.status == 1)
        #expect(end.errors.contains("three.png: the data are no picture"), "\(end.errors)")
        #expect(end.errors.contains("four.png: there is no such file, or it cannot be read"))
        #expect(end.output.contains("one.png\n"))
        for model in ["models/broken", "models/nowhere"] {
            let refused = try await Program.run("run", path(folder, model), path(folder, "one.png"))
            #expect(refused.status == 1 && refused.output.isEmpty && !refused.errors.isEmpty)
        }
        let bare = try await Program.run("run", path(folder, "models/org/features"), path(folder, "one.png"))
        #expect(bare.status == 1 && bare.errors.contains("has no classes of its own"))
    }

    @Test(arguments: ["npz", "safetensors"])
    func activationsAreWritten(_ form: String) async throws {
        let folder = try folder()
        let out = path(folder, "acts.\(form)")
        let end = try await Program.run(
            "run", path(folder, "models/org/features"), path(folder, "one.png"), path(folder, "two.png"), "--capture",
            "blocks.*.attn.hook_pattern", "--capture", "hook_embed", "--out", out)
        #expect(end.status == 0, "\(end.errors)")
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: out)))
        let shapes: [String: [Int]] =
            if form == "npz" {
                Dictionary(
                    uniqueKeysWithValues: try Npz.decode(bytes, limit: 1 << 24).map { ($0.name, $0.value.shape) })
            } else {
                Dictionary(
                    uniqueKeysWithValues: try SafetensorsBytes(bytes, name: "it").entries.map { ($0.name, $0.shape) })
            }
        #expect(
            shapes == [
                "hook_embed": [2, 16, 24], "blocks.0.attn.hook_pattern": [2, 3, 17, 17],
                "blocks.1.attn.hook_pattern": [2, 3, 17, 17],
            ])
        let wrong = try await Program.run(
            "run", path(folder, "models/vit"), path(folder, "one.png"), "--capture", "blocks.*.hook_zz", "--out", out)
        #expect(wrong.status == 1 && wrong.errors.contains("hook_zz"))
    }

    @Test func aFolderOfModelsIsServedWithoutAConfiguration() async throws {
        let folder = try folder()
        let program = try Program(["serve", "--models", path(folder, "models"), "--port", "0"])
        let line = await program.says("listening on http://127.0.0.1:")
        let digits = line.components(separatedBy: "127.0.0.1:").last?.prefix { $0.isNumber } ?? ""
        let client = try RawClient(port: try #require(Int(digits)))
        while try await client.request("GET", "/readyz").status != 200 {}
        let items = try JSONValue.parse(try await client.request("GET", "/v1/models").body)["items"]?.array ?? []
        #expect(items.map { $0["id"]?.string } == ["broken", "org--features", "vit"])
        #expect(items.map { $0["state"]?.string } == ["failed", "loaded", "loaded"])
        let answer = try await client.request(
            "POST", "/v1/models/vit/predict", ["Content-Type: image/png"], body: SmallPNG(noise: 1).bytes)
        #expect(answer.status == 200)
        #expect(try await client.request("GET", "/").status == 200, "the viewer of the source tree")
        program.kill(SIGTERM)
        #expect(await program.end().status == 0)
    }

    @Test(arguments: [["models"], ["run"], ["serve"], ["verify"], ["pull"], []])
    func theHelpHasExamples(_ command: [String]) async throws {
        let end = await (try Program(command + ["--help"])).end()
        #expect(end.status == 0)
        #expect(end.output.contains("EXAMPLES") && end.output.contains("prisma serve") || !command.isEmpty)
        if let name = command.first { #expect(end.output.contains("prisma \(name) ")) }
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (563_715, "563,715"), (86_567_656, "86,567,656")])
    func numbersAreGrouped(_ number: Int, _ text: String) { #expect(ModelsCommand.grouped(number) == text) }
}
