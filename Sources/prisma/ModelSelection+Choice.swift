import ArgumentParser
import Foundation
import HookedModels
import Hub
import Service

extension ModelSelection {
    /// The model that a command is about: an id of the configuration or of the folder, or else a checkpoint's path.
    /// - Throws: `ExitCode`, after saying why: 2 for a configuration that cannot be used, 1 where there is no such model.
    func chosen(_ model: String, for command: String) throws(ExitCode) -> (Configuration, source: ModelSource) {
        let configuration: Configuration
        do throws(ConfigurationError) {
            let notes: [String]
            (configuration, notes) = try self.configuration()
            for note in notes { FileHandle.complain(command, note) }
        } catch {
            FileHandle.complain(command, "\(error)")
            throw ExitCode(2)
        }
        if let source = configuration.models.first(where: { $0.id == model }) { return (configuration, source) }
        let path = URL(filePath: NSString(string: model).expandingTildeInPath).standardizedFileURL
        guard FileManager.default.fileExists(atPath: path.path) else {
            let known = configuration.models.map(\.id)
            FileHandle.complain(
                command,
                "there is no model or checkpoint '\(model)'"
                    + (known.isEmpty ? "" : "; the models are \(known.joined(separator: ", "))"))
            throw ExitCode(1)
        }
        // A snapshot in the hub's cache is called by its commit; what model it is, the cache says.
        let hubName = HubCache.model(ofSnapshot: path)
        let name = hubName?.replacing("/", with: "--") ?? path.lastPathComponent
        let id = ModelFolder.isID(name) ? name : "model"
        return (configuration, ModelSource(id: id, path: path, options: ModelOptions(hubName: hubName)))
    }
}
