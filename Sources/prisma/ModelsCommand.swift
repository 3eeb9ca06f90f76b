import ArgumentParser
import Foundation
import Service
import TextNumbers

/// `prisma models`: what would be served, without a server.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Lists models with what they are, or why they cannot be loaded.",
        discussion: """
            Each model is loaded as a server would, so that its state is the truth.

            EXAMPLES
              prisma models --config config/prisma.yaml
              prisma models --models ~/models --json
            """)

    @OptionGroup var selection: ModelSelection

    @Flag(help: "One JSON document: {\"models\": [...]}, each as GET /v1/models shows it.")
    var json = false

    func validate() throws {
        if selection.isEmpty {
            throw ValidationError("name a configuration (--config), a folder of models (--models), or both")
        }
    }

    func run() async throws {
        let configuration: Configuration
        do {
            let notes: [String]
            (configuration, notes) = try selection.configuration()
            for note in notes { FileHandle.complain("models", note) }
        } catch {
            FileHandle.complain("models", "\(error)")
            throw ExitCode(2)
        }
        var models: [JSONValue] = []
        for source in configuration.models {
            // One at a time, so that a folder of models need not fit into memory.
            let service = await LocalService([source], limits: configuration.serviceLimits)
            models += try await service.get("/v1/models")["items"]?.array ?? []
        }
        print(
            json
                ? String(decoding: (["models": .list(models)] as JSONValue).serialized, as: UTF8.self)
                : table(of: models))
    }

    private func table(of models: [JSONValue]) -> String {
        if models.isEmpty { return "no models" }
        let rows = models.map { model in
            [
                model["id"]?.string ?? "", model["family"]?.string ?? "-",
                model["parameters"]?.int.map(Self.grouped) ?? "-",
                model["input_shape"]?.array.map { $0.compactMap(\.int).map(String.init).joined(separator: " × ") }
                    ?? "-",
                [model["state"]?.string, model["reason"]?.string].compactMap { $0 }.joined(separator: ": "),
            ]
        }
        return TextTable(["id", "family", "parameters", "input", "state"], rows, right: [2]).text
    }

    /// With a comma before each third digit from the right.
    static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.indices.map { index in
            (index > 0 && (digits.count - index) % 3 == 0 ? "," : "") + String(digits[index])
        }.joined()
    }
}
