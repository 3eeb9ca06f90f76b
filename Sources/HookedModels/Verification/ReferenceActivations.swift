public import Checkpoints
public import Tensors
internal import TextNumbers

/// What a reference library, in float64, makes of an input: every activation under its hook's name, and the output.
///
/// ```
/// folder/input.safetensors    pixel_values [input, channel, height, width]; input_ids [input, position]
/// folder/cache.safetensors    hook name → activation; cache_text.safetensors: of the texts
/// folder/output.safetensors   the output, where it is kept
/// folder/info.json            hooks.{name}.*_f32_err: how far float32 takes the library itself; info_text.json
/// ```
/// A single file holds the input and the activations together; its `info.json` lies beside it.
public struct ReferenceActivations: Sendable {
    /// What was read by the model: pictures or texts.
    public enum Tower: String, Sendable, CaseIterable {
        /// The model of pictures.
        case pictures
        /// The text tower beside it.
        case texts
    }

    /// Whose activations these are.
    public let tower: Tower
    /// [input] + the shape that the model takes.
    public let input: Tensor
    /// The hooks, in the order of the file.
    public let hooks: [String]
    /// The model's name on its hub, where the reference tells it.
    public let hubName: String?
    private let cache: SafetensorsFile
    private let outputs: SafetensorsFile?
    private let info: JSONValue?

    /// All that lies in a folder, or in a file: pictures before texts.
    /// - Throws: ``ReferenceError`` where a part is missing, or `CheckpointError` for a file that is refused.
    public static func read(_ path: String) throws -> [ReferenceActivations] {
        guard Folder.isFolder(path) else { return [try ReferenceActivations(file: path)] }
        let texts = "\(path)/cache_text.safetensors"
        let pictures = try ReferenceActivations(folder: path, .pictures, "cache.safetensors", "info.json")
        guard try isThere(texts) else { return [pictures] }
        return [pictures, try ReferenceActivations(folder: path, .texts, "cache_text.safetensors", "info_text.json")]
    }

    private init(folder: String, _ tower: Tower, _ cache: String, _ info: String) throws {
        let inputs = try SafetensorsFile(path: "\(folder)/input.safetensors")
        let output = "\(folder)/output.safetensors"
        self.tower = tower
        input = try Self.input(tower, of: inputs)
        self.cache = try SafetensorsFile(path: "\(folder)/\(cache)")
        hooks = self.cache.entries.map(\.name)
        outputs = try Self.isThere(output) ? SafetensorsFile(path: output) : nil
        self.info = try JSONFile.readIfPresent("\(folder)/\(info)")
        hubName = self.info?["prisma_config"]?["model_name"]?.string
    }

    private init(file: String) throws {
        cache = try SafetensorsFile(path: file)
        outputs = cache
        let names = Set(cache.entries.map(\.name))
        tower = Tower.allCases.first { names.contains($0.inputName) } ?? .pictures
        input = try Self.input(tower, of: cache)
        let others = Tower.allCases.flatMap { [$0.inputName] + $0.outputNames } + ["attention_mask"]
        hooks = cache.entries.map(\.name).filter { !others.contains($0) }
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        info = try JSONFile.readIfPresent(folder.isEmpty ? "info.json" : "\(folder)/info.json")
        hubName = info?["prisma_config"]?["model_name"]?.string
    }

    private static func input(_ tower: Tower, of file: SafetensorsFile) throws -> Tensor {
        guard file.entries.contains(where: { $0.name == tower.inputName }) else {
            throw ReferenceError.noInput(file: file.name, tower)
        }
        return try file.tensor(named: tower.inputName)
    }

    private static func isThere(_ path: String) throws -> Bool {
        do throws(CheckpointError) {
            _ = try SafetensorsFile(path: path)
        } catch {
            if error.reason == .notFound { return false }
            throw error
        }
        return true
    }

    /// What the library gives at a hook.
    public func values(of hook: String) throws(CheckpointError) -> Tensor { try cache.tensor(named: hook) }

    /// What the library gives as the output; `nil` where that was not kept.
    public func output() throws(CheckpointError) -> Tensor? {
        guard let outputs else { return nil }
        let name = tower.outputNames.first { name in outputs.entries.contains { $0.name == name } }
        return try name.map { (name) throws(CheckpointError) in try outputs.tensor(named: name) }
    }

    /// The largest error that the library's own float32 runs have at a hook; `nil` where nobody measured it.
    public func float32Error(at hook: String) -> Double? {
        ["prisma_f32_err", "native_f32_err", "f32_err"].compactMap { info?["hooks"]?[hook]?[$0]?.double }.max()
    }

    /// The same of the output.
    public var float32ErrorOfOutput: Double? {
        info?["output_native_f32_err"]?.object?.compactMap(\.value.double).max()
    }
}

extension ReferenceActivations.Tower {
    /// What its input is called in files.
    public var inputName: String { self == .pictures ? "pixel_values" : "input_ids" }

    /// What its output may be called, the first that is there.
    var outputNames: [String] {
        switch self {
        case .pictures: ["image_features", "prisma_output", "output", "logits", "pooler_output"]
        case .texts: ["text_features"]
        }
    }
}

/// Why a model cannot be held against a reference.
public enum ReferenceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file has nothing that the model could be given.
    case noInput(file: String, ReferenceActivations.Tower)
    /// The input is for another model.
    case inputShape(ReferenceActivations.Tower, found: [Int], expected: [Int])
    /// An id that no word has.
    case noSuchToken(Double, vocabulary: Int)

    /// One sentence that names the tensor.
    public var description: String {
        switch self {
        case .noInput(let file, let tower):
            "\(file) has no tensor '\(tower.inputName)', the input that the activations belong to"
        case .inputShape(let tower, let found, let expected):
            "'\(tower.inputName)' has shape \(found), and the model takes one or more of \(expected)"
        case .noSuchToken(let id, let vocabulary):
            "'input_ids' has \(id), and tokens are whole numbers from 0 to \(vocabulary - 1)"
        }
    }
}
