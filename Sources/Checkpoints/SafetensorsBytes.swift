/// A safetensors file in memory: the body of a request or of an answer, checked by the same rules as one on disk.
public struct SafetensorsBytes: TensorSource {
    /// The tensors, in the order of the file.
    public let entries: [TensorEntry]
    /// `__metadata__` of the header.
    public let metadata: [String: String]
    private let ranges: [String: Range<Int>]
    private let bytes: [UInt8]
    /// What error messages call it.
    public let name: String

    /// - Parameter name: what error messages call it, for example `the body`.
    public init(_ bytes: [UInt8], name: String) throws(CheckpointError) {
        let length = try SafetensorsHeader.length(prefix: Array(bytes.prefix(8)), fileSize: bytes.count, file: name)
        let start = 8 + length
        let header = try SafetensorsHeader(json: Array(bytes[8..<start]), dataSize: bytes.count - start, file: name)
        self.bytes = bytes
        self.name = name
        entries = header.entries
        metadata = header.metadata
        ranges = header.ranges(from: start)
    }

    /// The size of the whole.
    public var byteCount: Int { bytes.count }

    /// SHA-256 of the whole, in hexadecimal digits.
    var digest: String { String(Digest.sha256(of: bytes).split(separator: ":").last ?? "") }

    /// Lends the elements of one of ``entries``.
    public func withBytes<Result>(
        of entry: TensorEntry, _ body: (Span<UInt8>) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        guard let range = ranges[entry.name] else {
            throw CheckpointError(name, .missingTensor(name: entry.name, nearest: []))
        }
        return try body(bytes.span.extracting(range))
    }
}
