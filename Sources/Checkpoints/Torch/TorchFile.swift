import Synchronization
public import TextNumbers

/// A file that `torch.save` wrote (`.pt`, `.pth`, `.bin`, `.ckpt`), in either of its formats. Its pickle is read by a
/// machine that knows a closed list of opcodes and names and makes data of them: no file runs code.
///
/// Tensors lie in the mapped file and are read when they are asked for. A view that is not in row-major order is copied
/// then; copies are bounded by the size of the file.
public struct TorchFile: TensorSource {
    /// What all tensors together may show of a file, as a multiple of it, beside a small constant: views share storages,
    /// and a view may repeat its elements.
    static let maximumShown = 8
    private static let shownForAll = 16 << 20
    /// How large a copy may be where the file is smaller.
    private static let copyForAll = 1 << 20

    /// In the order in which they were saved. Names are without the wrappers of training loops (`state_dict`, `module.` …).
    public let entries: [TensorEntry]
    /// What error messages call it: the last component of the path.
    public let name: String
    private let source: ByteSource
    private let contents: TorchContents
    private let tensors: [String: TorchTensor]
    private let checked = CheckedStorages()

    /// The storages whose checksum was found right.
    private final class CheckedStorages: Sendable {
        let keys = Mutex(Set<String>())
    }

    /// Opens the file, runs its pickle and holds every tensor against its storage.
    public init(path: String) throws(CheckpointError) {
        let file = try MappedFile(path)
        try self.init(.file(file), name: file.name)
    }

    /// A file in memory.
    init(_ source: ByteSource, name: String) throws(CheckpointError) {
        self.source = source
        self.name = name
        contents = try TorchContents(source, file: name)
        var (entries, tensors): ([TensorEntry], [String: TorchTensor]) = ([], [:])
        var left = TorchFile.maximumShown * source.count + TorchFile.shownForAll
        for (tensorName, recipe) in try TorchStateDict(contents.document, file: name).tensors {
            guard let storage = contents.storages[recipe.storage.key] else {
                throw CheckpointError(name, .missingStorage(tensor: tensorName, key: recipe.storage.key))
            }
            let tensor = try TorchTensor(name: tensorName, recipe, available: storage.count, file: name)
            let size = tensor.entry.byteCount
            if size > left || !tensor.isContiguous && size > max(source.count, storage.count, TorchFile.copyForAll) {
                throw CheckpointError(name, .sizeBeyondFile(tensor: tensorName, bytes: size, file: source.count))
            }
            left -= size
            entries.append(tensor.entry)
            tensors[tensorName] = tensor
        }
        self.entries = entries
        self.tensors = tensors
    }

    /// Of the whole file.
    public var byteCount: Int { source.count }
    /// When the file was last written.
    public var modified: FileTime {
        if case .file(let file) = source { file.modified } else { FileTime(seconds: 0, nanoseconds: 0) }
    }
    var path: String {
        if case .file(let file) = source { file.path } else { name }
    }

    /// What was saved beside the tensors: configurations, settings and counters, as a JSON object. Of a configuration
    /// class, the fields.
    /// - Throws: where it nests too deep, or is too much to be a configuration.
    public func record() throws(CheckpointError) -> JSONValue {
        do {
            return try contents.document.json()
        } catch {
            throw CheckpointError(name, .notTorch(problem: error.problem))
        }
    }

    /// The bytes as they lie in the file, or a copy of what lies there in another order.
    public func withBytes<Result>(
        of entry: TensorEntry, _ body: (Span<UInt8>) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        guard let tensor = tensors[entry.name], let storage = contents.storages[tensor.key] else {
            throw CheckpointError(name, .missingTensor(name: entry.name, nearest: []))
        }
        switch storage {
        case .inflated(let bytes): return try lend(tensor, bytes.span, body)
        case .stored(let range, let checksum):
            return try source.withBytes(range) { (bytes) throws(CheckpointError) in
                if let checksum { try check(bytes, checksum, key: tensor.key) }
                return try lend(tensor, bytes, body)
            }
        }
    }

    /// Lets go the pages that were read; the file gives them again.
    public func releasePages() { source.releasePages() }

    private func lend<Result>(
        _ tensor: TorchTensor, _ storage: Span<UInt8>, _ body: (Span<UInt8>) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        let (start, size) = (tensor.start, tensor.entry.type.size)
        if tensor.isContiguous, !contents.isBigEndian || size == 1 {
            return try body(storage.extracting(start..<(start + tensor.entry.byteCount)))
        }
        var copy = StridedCopy.rowMajor(
            storage, start: start, shape: tensor.entry.shape, strides: tensor.strides, size: size)
        if contents.isBigEndian { StridedCopy.swapBytes(&copy, size: size) }
        return try body(copy.span)
    }

    /// A storage is checked when it is first read, as that reads all of it.
    private func check(_ bytes: Span<UInt8>, _ checksum: UInt32, key: String) throws(CheckpointError) {
        if checked.keys.withLock({ $0.contains(key) }) { return }
        guard ZipArchive.checksum(bytes) == checksum else {
            throw CheckpointError(name, .wrongChecksum(key: key))
        }
        checked.keys.withLock { _ = $0.insert(key) }
    }
}
