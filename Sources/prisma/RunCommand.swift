import ArgumentParser
import Foundation
import Service
import TextNumbers

/// `prisma run`: a prediction, or activations in a file, without a server.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Shows what a model sees in pictures, and writes its activations.",
        discussion: """
            The model is an id of the configuration or of the folder, or else a checkpoint's directory. A picture is a JPEG
            or PNG; - is standard input. Activations of all pictures go into one file, one array a hook, the pictures as
            its first axis, under the names that /v1/models/{model}/hooks lists.

            EXAMPLES
              prisma run config/demo/shapes heart.png square.png
              prisma run shapes heart.png --config config/prisma.yaml --top-k 3 --json
              curl -s https://example.org/cat.jpg | prisma run ~/models/vit-base-patch16-224 -
              prisma run shapes *.png --config config/prisma.yaml --capture 'blocks.*.attn.hook_pattern' --out patterns.npz
            """)

    @Argument(help: "An id, or a checkpoint's directory.")
    var model: String

    @Argument(help: "Pictures; - is standard input.")
    var images: [String]

    @OptionGroup var selection: ModelSelection

    @Option(help: "How many classes, best first.")
    var topK = 5

    @Option(help: ArgumentHelp("Hooks whose activations are written; may be repeated.", valueName: "glob"))
    var capture: [String] = []

    @Option(
        help: ArgumentHelp("Where they are written: .npz, .safetensors, or .npy for a single hook.", valueName: "file"))
    var out: String?

    @Flag(help: "One JSON document: {\"model\", \"results\": [{\"image\", \"top\" or \"error\"}], …}.")
    var json = false

    func validate() throws {
        if images.isEmpty { throw ValidationError("no picture") }
        if images.count(where: { $0 == "-" }) > 1 { throw ValidationError("standard input can be read once") }
        if !(1...100_000).contains(topK) { throw ValidationError("--top-k is from 1 to 100000, not \(topK)") }
        if capture.isEmpty != (out == nil) {
            throw ValidationError(out == nil ? "--capture needs --out" : "--out needs --capture")
        }
        if out != nil, mediaType == nil { throw ValidationError("--out ends in .npz, .safetensors or .npy") }
    }

    func run() async throws {
        let (configuration, source) = try selection.chosen(model, for: "run")
        let service = await LocalService([source], limits: configuration.serviceLimits, inputs: images.count)
        let state = try await service.get("/v1/models/\(source.id)")
        if let reason = state["reason"]?.string { throw failure("\(model): \(reason)") }
        let pictures = read()
        var failures = pictures.count { $0.bytes == nil }
        let classifies = state["config"]?["return_type"] == "class_logits"
        if classifies { failures += try await predict(pictures, source.id, service) }
        if !classifies, capture.isEmpty {
            throw failure(withoutClasses)
        }
        if let out, failures == 0 { try await writeActivations(pictures, to: out, source.id, service) }
        if failures > 0 { throw ExitCode(1) }
    }

    // MARK: What is run

    private struct Picture {
        let name: String
        /// `nil` where it cannot be read.
        let bytes: [UInt8]?

        var input: JSONValue { ["image": ["base64": .string(Base64.encode(bytes ?? []))]] }
    }

    private func read() -> [Picture] {
        images.map { name in
            let handle = name == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: name)
            let data = try? handle?.readToEnd()
            if data == nil { FileHandle.complain("run", "\(name): there is no such file, or it cannot be read") }
            return Picture(name: name, bytes: data.map { [UInt8]($0) })
        }
    }

    // MARK: What comes of it

    /// - Returns: how many pictures failed.
    private func predict(_ pictures: [Picture], _ id: String, _ service: LocalService) async throws -> Int {
        var failures = 0
        var results: [JSONValue] = []
        var provenance: JSONValue = .null
        for picture in pictures where picture.bytes != nil {
            let name = JSONMember("image", .string(picture.name))
            do {
                let document: JSONValue = ["inputs": .array([picture.input]), "top_k": .integer(Int64(topK))]
                let answer = try JSONValue.parse(try await service.post("/v1/models/\(id)/predict", document))
                provenance = answer["provenance"] ?? .null
                let result = answer["results"]?[0] ?? .null
                results.append(.object([name] + (result.object ?? [])))
                if !json { print(PredictionTable(picture.name, result).text) }
            } catch let error as LocalService.Refusal {
                // Of an embedding there are no classes, whatever the picture.
                if error.problem["status"] == 409 { throw failure(withoutClasses) }
                failures += 1
                results.append(.object([name, JSONMember("error", error.problem)]))
                FileHandle.complain("run", "\(picture.name): \(error)")
            }
        }
        if json {
            let document: JSONValue = ["model": .string(id), "results": .list(results), "provenance": provenance]
            print(String(decoding: document.serialized, as: UTF8.self))
        }
        return failures
    }

    private var mediaType: String? {
        let types = [
            "npz": "application/x-npz", "npy": "application/x-npy", "safetensors": "application/x-safetensors",
        ]
        return out.flatMap { types[URL(filePath: $0).pathExtension.lowercased()] }
    }

    private func writeActivations(
        _ pictures: [Picture], to out: String, _ id: String, _ service: LocalService
    ) async throws {
        let document: JSONValue = [
            "inputs": .list(pictures.map(\.input)), "hooks": .strings(capture),
        ]
        do {
            let bytes = try await service.post("/v1/models/\(id)/activations", document, accept: mediaType ?? "*/*")
            try Data(bytes).write(to: URL(filePath: out), options: .atomic)
            if !json { print("\(out): \(ModelsCommand.grouped(bytes.count)) bytes") }
        } catch let error as LocalService.Refusal {
            throw failure("\(error)")
        } catch {
            throw failure("\(out) cannot be written")
        }
    }

    private var withoutClasses: String {
        "\(model) has no classes of its own; --capture GLOB --out FILE writes its activations"
    }

    /// Says why, and ends with 1.
    private func failure(_ text: String) -> ExitCode {
        FileHandle.complain("run", text)
        return ExitCode(1)
    }
}
