import ArgumentParser
import Foundation
import TextNumbers

/// Where a command finds models: a configuration, a folder of checkpoints, or both.
struct ModelSelection: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "A folder: every directory in it that holds a checkpoint is a model, under its name.", valueName: "dir"))
    var models: String?

    /// Whether anything was named.
    var isEmpty: Bool { config == nil && models == nil }

    /// - Returns: The configuration, and what was found and left out.
    /// - Throws: Every mistake in either.
    func configuration() throws(ConfigurationError) -> (Configuration, notes: [String]) {
        var configuration: Configuration
        if let config {
            configuration = try Configuration(path: config)
        } else {
            let here = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
            configuration = try Configuration(.object([]), file: "the command line", folder: here)
        }
        guard let models else { return (configuration, []) }
        let folder = try ModelFolder(models)
        try configuration.add(folder.sources)
        return (configuration, folder.notes)
    }
}

extension FileHandle {
    /// A line for people, on standard error.
    static func complain(_ command: String, _ text: String) {
        standardError.write(Data("prisma \(command): \(text)\n".utf8))
    }
}
