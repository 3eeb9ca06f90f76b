import ArgumentParser
import Checkpoints
import Foundation
import Service
import TextNumbers

/// `prisma inspect`: what a checkpoint holds, without knowing its family.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Lists a checkpoint's tensors.",
        discussion: """
            What is inspected is a file, a directory with one file or an index of several, or the id of a model of the
            configuration. What is refused exits 1 with the reason on standard error.

            EXAMPLES
              prisma inspect model.safetensors
              prisma inspect model_0.pth --checksums
              prisma inspect config/demo/shapes --json --checksums
              prisma inspect shapes --config config/prisma.yaml
            """)

    @Argument(help: "A checkpoint's file or directory, or a model of the configuration.")
    var checkpoint: String

    @Option(help: "The configuration that names models.")
    var config: String?

    @Flag(help: "One JSON document: {\"tensors\": [{\"name\", \"datatype\", \"shape\", \"sum\", \"abs_sum\"}]}.")
    var json = false

    @Flag(help: "Reads every tensor for its sum and the sum of its magnitudes, in float64.")
    var checksums = false

    func run() throws {
        let tensors: [TensorSummary]
        do {
            tensors = try Checkpoint(path: path()).summaries(checksums: checksums || json)
        } catch {
            FileHandle.standardError.write(Data("prisma inspect: \(error)\n".utf8))
            throw ExitCode(1)
        }
        print(json ? document(of: tensors) : table(of: tensors))
    }

    private func path() throws -> String {
        guard let config else { return checkpoint }
        let model = try Configuration(path: config).models.first { $0.id == checkpoint }
        return model?.path.path ?? checkpoint
    }

    private func document(of tensors: [TensorSummary]) -> String {
        let items = tensors.map { tensor -> JSONValue in
            [
                "name": .string(tensor.name), "datatype": .string(tensor.datatype),
                "shape": .integers(tensor.shape),
                "sum": tensor.sum.map { .number($0) } ?? .null, "abs_sum": tensor.absSum.map { .number($0) } ?? .null,
            ]
        }
        let document: JSONValue = ["tensors": .list(items)]
        return String(decoding: document.serialized, as: UTF8.self)
    }

    private func table(of tensors: [TensorSummary]) -> String {
        let width = tensors.map(\.name.count).max() ?? 0
        return tensors.map { tensor in
            let name = tensor.name.padding(toLength: width, withPad: " ", startingAt: 0)
            let sums = [tensor.sum, tensor.absSum].map { $0.map { "\($0)" } ?? "-" }.joined(separator: "  ")
            return "\(name)  \(tensor.datatype)  \(tensor.shape)" + (checksums ? "  \(sums)" : "")
        }.joined(separator: "\n")
    }
}
