/// A safetensors file, mapped into memory. Opening reads the header alone; a tensor's pages are read when it is.
public struct SafetensorsFile: TensorSource {
    /// In the order of their bytes.
    public let entries: [TensorEntry]
    /// What `__metadata__` holds.
    public let metadata: [String: String]
    private let ranges: [String: Range<Int>]
    private let file: MappedFile

    /// Opens the file and checks its header by every rule of the format.
    public init(path: String) throws(CheckpointError) {
        let file = try MappedFile(path)
        let prefix = file.withBytes(0..<min(8, file.count)) { [UInt8](copying: $0) }
        let length = try SafetensorsHeader.length(prefix: prefix, fileSize: file.count, file: file.name)
        let start = 8 + length
        let json = file.withBytes(8..<start) { [UInt8](copying: $0) }
        let header = try SafetensorsHeader(json: json, dataSize: file.count - start, file: file.name)
        self.file = file
        entries = header.entries
        metadata = header.metadata
        ranges = header.ranges(from: start)
    }

    /// The last component of the path.
    public var name: String { file.name }
    /// Of the whole file.
    public var byteCount: Int { file.count }
    /// When the file was last written.
    public var modified: FileTime { file.modified }
    var path: String { file.path }

    /// The mapped bytes.
    public func withBytes<Result>(
        of entry: TensorEntry, _ body: (Span<UInt8>) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        guard let range = ranges[entry.name] else {
            throw CheckpointError(name, .missingTensor(name: entry.name, nearest: []))
        }
        return try file.withBytes(range, body)
    }

    /// Lets go the pages that were read; the file gives them again.
    public func releasePages() { file.adviseDontNeed() }
}
