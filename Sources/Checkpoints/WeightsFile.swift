/// A file of weights, in either of the formats in which checkpoints come.
public enum WeightsFile: TensorSource {
    case safetensors(SafetensorsFile)
    case torch(TorchFile)
    /// In no file: made by the program.
    case memory(SafetensorsBytes)

    /// Opens a file by the format that its name tells.
    public init(path: String) throws(CheckpointError) {
        self =
            WeightsFile.isTorch(path)
            ? .torch(try TorchFile(path: path)) : .safetensors(try SafetensorsFile(path: path))
    }

    /// Whether a name ends as those do that `torch.save` is given.
    static func isTorch(_ name: String) -> Bool {
        [".pt", ".pth", ".bin", ".ckpt"].contains { name.hasSuffix($0) }
    }

    private var source: any TensorSource {
        switch self {
        case .safetensors(let file): file
        case .torch(let file): file
        case .memory(let bytes): bytes
        }
    }

    /// The last component of the path.
    public var name: String { source.name }
    /// In the order of the file.
    public var entries: [TensorEntry] { source.entries }

    /// Of the whole file.
    public var byteCount: Int {
        switch self {
        case .safetensors(let file): file.byteCount
        case .torch(let file): file.byteCount
        case .memory(let bytes): bytes.byteCount
        }
    }

    /// When the file was last written.
    public var modified: FileTime {
        switch self {
        case .safetensors(let file): file.modified
        case .torch(let file): file.modified
        case .memory: FileTime(seconds: 0, nanoseconds: 0)
        }
    }

    /// `nil` for what lies in no file.
    var path: String? {
        switch self {
        case .safetensors(let file): file.path
        case .torch(let file): file.path
        case .memory: nil
        }
    }

    /// From the file.
    public func withBytes<Result>(
        of entry: TensorEntry, _ body: (Span<UInt8>) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        switch self {
        case .safetensors(let file): try file.withBytes(of: entry, body)
        case .torch(let file): try file.withBytes(of: entry, body)
        case .memory(let bytes): try bytes.withBytes(of: entry, body)
        }
    }

    /// Lets go the pages that were read; the file gives them again.
    public func releasePages() { source.releasePages() }
}
