import Foundation
import HookedModels
import Hub
import Service

/// The checkpoints found in a folder: each directory that holds weights, under its path below the folder. A hub's
/// `google/vit-base-patch16-224` becomes `google--vit-base-patch16-224`; so does a snapshot of it in the hub's cache.
struct ModelFolder {
    let sources: [ModelSource]
    /// What was found and is not served, a sentence each.
    let notes: [String]

    /// - Throws: where there is no such folder, or two directories would have one id.
    init(_ path: String) throws(ConfigurationError) {
        let root = URL(filePath: NSString(string: path).expandingTildeInPath).standardizedFileURL
        let name = root.lastPathComponent
        guard Self.isFolder(root) else {
            throw ConfigurationError(file: name, mistakes: ["there is no such folder of models, or it cannot be read"])
        }
        var found: [(name: String, url: URL)] = []
        if Self.hasWeights(root) {
            found.append((HubCache.model(ofSnapshot: root) ?? name, root))
        } else {
            Self.search(root, "", depth: 0, &found)
        }
        var sources: [ModelSource] = []
        var notes: [String] = []
        var mistakes: [String] = []
        for (name, url) in found {
            let id = name.replacing("/", with: "--").replacing(":", with: "--")
            guard Self.isID(id) else {
                notes.append(
                    "'\(name)' is not served: an id has up to 128 letters, digits, '.', '_' and '-'; rename the directory, "
                        + "or give it an id in a configuration")
                continue
            }
            if let other = sources.first(where: { $0.id == id }) {
                let both = "'\(name)' and '\(other.path.lastPathComponent)'"
                mistakes.append("two directories would be served as '\(id)': \(both); rename one")
                continue
            }
            // A name as hubs have them carries their conventions.
            let hubName = id.contains("--") ? id.replacing("--", with: "/") : nil
            sources.append(ModelSource(id: id, path: url, options: ModelOptions(hubName: hubName)))
        }
        guard mistakes.isEmpty else { throw ConfigurationError(file: name, mistakes: mistakes) }
        self.sources = sources
        self.notes = notes
    }

    /// What may stand in URLs.
    static func isID(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                    || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || "._-".utf8.contains(byte)
            }
    }

    /// A hub's owner and name are two levels; a link that leads back ends here as well.
    private static let maximumDepth = 3

    private static func search(_ folder: URL, _ prefix: String, depth: Int, _ found: inout [(name: String, url: URL)]) {
        for name in names(in: folder) where !name.hasPrefix(".") {
            let url = folder.appending(path: name)
            guard isFolder(url) else { continue }
            if hasWeights(url) {
                found.append((prefix + name, url))
            } else if depth + 1 < maximumDepth {
                search(url, prefix + name + "/", depth: depth + 1, &found)
            }
        }
    }

    private static func hasWeights(_ folder: URL) -> Bool {
        let endings = [".safetensors", ".safetensors.index.json", ".pt", ".pth", ".bin", ".ckpt"]
        return names(in: folder).contains { name in endings.contains { name.hasSuffix($0) } }
    }

    private static func names(in folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    private static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
