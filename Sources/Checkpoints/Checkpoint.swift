public import TextNumbers

/// A model's weights with the configuration that was saved beside them, whatever their layout.
public struct Checkpoint: Sendable {
    /// Who wrote the files, by their names and contents.
    public enum Layout: String, Sendable, CaseIterable {
        /// `config.json` of transformers, `preprocessor_config.json`, `model.safetensors` or its parts.
        case huggingFace = "hf"
        /// `config.json` with `architecture` and `pretrained_cfg`.
        case timm
        /// `open_clip_config.json`.
        case openCLIP = "open_clip"
        /// Weights alone.
        case bare
    }

    /// The last component of the path it was opened by.
    public let name: String
    /// Who wrote the files.
    public let layout: Layout
    /// The model's configuration, whatever its layout calls the file.
    public let config: JSONValue?
    /// What was saved about preprocessing; of timm and open_clip the part of the configuration.
    public let preprocessor: JSONValue?
    /// The files that hold the weights.
    public let files: [WeightsFile]
    /// All tensors, in the order of the files.
    public let entries: [TensorEntry]
    /// `nil` for a checkpoint that is one file by itself.
    private let folder: String?
    private let fileOfTensor: [String: Int]
    private let entryOfTensor: [String: TensorEntry]

    /// Opens a folder, a `.safetensors` file or a PyTorch file, and checks everything but the tensors' contents.
    public init(path: String) throws(CheckpointError) {
        self.init(try CheckpointFolder.open(path), name: path.split(separator: "/").last.map(String.init) ?? path)
    }

    /// Weights that lie in no file, with the configuration that they are made for.
    public init(config: JSONValue, weights: SafetensorsBytes) {
        self.init(
            CheckpointFolder(layout: .huggingFace, config: config, preprocessor: nil, files: [.memory(weights)]),
            name: weights.name)
    }

    private init(_ found: CheckpointFolder, name: String) {
        self.name = name
        folder = found.folder
        layout = found.layout
        config = found.config
        preprocessor = found.preprocessor
        files = found.files
        entries = found.files.flatMap(\.entries)
        var (fileOfTensor, entryOfTensor): ([String: Int], [String: TensorEntry]) = ([:], [:])
        for (index, file) in found.files.enumerated() {
            for entry in file.entries {
                fileOfTensor[entry.name] = index
                entryOfTensor[entry.name] = entry
            }
        }
        self.fileOfTensor = fileOfTensor
        self.entryOfTensor = entryOfTensor
    }

    /// The size of all files together.
    public var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

    /// When the newest of its files was written.
    public var modified: FileTime {
        files.map(\.modified).max { ($0.seconds, $0.nanoseconds) < ($1.seconds, $1.nanoseconds) }
            ?? FileTime(seconds: 0, nanoseconds: 0)
    }

    /// What the checkpoint says of a tensor; `nil` where it has none of that name.
    public func entry(named name: String) -> TensorEntry? { entryOfTensor[name] }

    /// What PyTorch files hold beside their tensors: configurations, settings and counters, as a JSON object; of several
    /// files, the members of all. Empty for safetensors.
    public func record() throws(CheckpointError) -> JSONValue {
        var members: [JSONMember] = []
        for case .torch(let file) in files { members += try file.record().object ?? [] }
        return .object(members)
    }

    /// The contents of another file of the checkpoint's folder, such as a vocabulary; `nil` where there is none.
    /// - Parameter limit: bytes that it may have.
    /// - Precondition: `name` is a file's name, not a path.
    public func file(named name: String, limit: Int) throws(CheckpointError) -> [UInt8]? {
        precondition(!name.contains("/"), "a file of the folder itself")
        guard let folder else { return nil }
        do throws(CheckpointError) {
            return try FileDescriptor.contents(of: "\(folder)/\(name)", limit: limit)
        } catch {
            if error.reason == .notFound { return nil }
            throw error
        }
    }

    /// As ``file(named:limit:)``, of a gzip file what it holds.
    /// - Parameter limit: bytes that it may have, and that may come of them.
    public func gunzippedFile(named name: String, limit: Int) throws(CheckpointError) -> [UInt8]? {
        guard let bytes = try file(named: name, limit: limit) else { return nil }
        return try Gunzip.inflated(bytes, limit: limit, file: name)
    }

    /// As ``file(named:limit:)``, of a file that holds a JSON object. Of a repeated key the last one counts.
    public func document(named name: String, limit: Int) throws(CheckpointError) -> JSONValue? {
        guard let bytes = try file(named: name, limit: limit) else { return nil }
        return try JSONFile.object(in: bytes, file: name)
    }

    /// SHA-256 of the weights, in hexadecimal digits: of the one file, or of the parts one after the other in the order
    /// of their names. `nil` once `isCancelled` says so; it is asked before each megabyte.
    public func digest(isCancelled: () -> Bool = { false }) throws(CheckpointError) -> String? {
        if case .memory(let bytes)? = files.first { return bytes.digest }
        return try FileDigest.sha256(of: files.compactMap(\.path), isCancelled: isCancelled)
    }
}

extension Checkpoint: TensorSource {
    /// From the file that holds the tensor.
    public func withBytes<Result>(
        of entry: TensorEntry, _ body: (Span<UInt8>) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        guard let index = fileOfTensor[entry.name] else {
            throw CheckpointError(name, .missingTensor(name: entry.name, nearest: []))
        }
        return try files[index].withBytes(of: entry, body)
    }

    /// Of all files.
    public func releasePages() {
        for file in files { file.releasePages() }
    }
}
