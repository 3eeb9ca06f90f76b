import ArgumentParser
import Checkpoints
import Foundation
import HookedModels
import Service
import Tensors
import TextNumbers

/// `prisma verify`: whether a model computes what a reference library computes, hook by hook.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Holds a model's activations against a float64 reference.",
        discussion: """
            The reference is a folder with input.safetensors (pixel_values, and input_ids for a text tower),
            cache.safetensors (activations under the names of their hooks; cache_text.safetensors for the text tower),
            output.safetensors and info.json where there are any; or one safetensors file with all of the tensors. Allowed
            is three times the error that the reference library has in float32, as info.json tells it, or else usually has,
            and at least 2e-6 of the largest value. Exits 1 where a hook is beyond that.

            EXAMPLES
              prisma verify Tests/Fixtures/models/hf_vit/checkpoint --reference Tests/Fixtures/models/hf_vit
              prisma verify dino --config config/prisma.yaml --reference dino.safetensors --save dino-report.json
              prisma verify ~/models/dino --name facebook/dino-vitb16 --reference ~/references/dino --json
            """)

    @Argument(help: "A checkpoint's directory or file, or an id of the configuration or of the folder of models.")
    var model: String

    @OptionGroup var selection: ModelSelection

    @Option(help: ArgumentHelp("The reference: a folder, or a safetensors file.", valueName: "path"))
    var reference: String

    @Option(
        help: ArgumentHelp(
            "The model's name on its hub, whose conventions it follows; otherwise the configuration's or the reference's.",
            valueName: "name"))
    var name: String?

    @Flag(
        help: "One JSON document: {\"model\", \"within\", \"towers\": [{\"tower\", \"worst\", \"hooks\": [...]}], …}.")
    var json = false

    @Option(help: ArgumentHelp("Where that document is also written.", valueName: "file"))
    var save: String?

    func run() throws {
        var source = try selection.chosen(model, for: "verify").source
        if let name { source.options.hubName = name }
        let report: VerificationReport
        do {
            report = try VerificationReport(of: source, shownAs: model, against: Self.expanded(reference))
        } catch {
            FileHandle.complain("verify", "\(error)")
            throw ExitCode(1)
        }
        print(json ? String(decoding: report.document.serialized, as: UTF8.self) : report.text)
        try write(report)
        if !report.isWithin { throw ExitCode(1) }
    }

    private func write(_ report: VerificationReport) throws {
        guard let save else { return }
        do {
            try Data(report.document.serialized).write(to: URL(filePath: Self.expanded(save)), options: .atomic)
        } catch {
            FileHandle.complain("verify", "\(save) cannot be written")
            throw ExitCode(1)
        }
    }

    private static func expanded(_ path: String) -> String { NSString(string: path).expandingTildeInPath }
}
