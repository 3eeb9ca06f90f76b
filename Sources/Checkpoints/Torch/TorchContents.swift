/// What a PyTorch file holds, whichever of the two formats it is in: the value that was saved, and the bytes of the
/// storages that it refers to.
struct TorchContents: Sendable {
    /// The bytes of one storage.
    enum Storage: Sendable {
        /// As they lie in the file. `checksum` is CRC-32, `nil` where there is none.
        case stored(Range<Int>, checksum: UInt32?)
        /// Out of a compressed entry; they match their checksum.
        case inflated([UInt8])

        var count: Int {
            switch self {
            case .stored(let range, _): range.count
            case .inflated(let bytes): bytes.count
            }
        }
    }

    var document: PickleDocument
    /// By key.
    var storages: [String: Storage]
    /// Whether the machine that saved the file was.
    var isBigEndian = false

    /// Reads either format; the first bytes tell which.
    init(_ source: ByteSource, file: String) throws(CheckpointError) {
        if source.count == 0 { throw CheckpointError(file, .notTorch(problem: "is empty")) }
        let first = source.bytes(0..<min(4, source.count))
        if first == [0x50, 0x4B, 3, 4] {
            self = try TorchArchive(source, file: file).contents()
        } else if first.first == PickleOpcode.proto.rawValue {
            self = try TorchLegacyFormat(source, file: file).contents()
        } else {
            throw CheckpointError(
                file, .notTorch(problem: "begins neither as a zip archive nor as the format before PyTorch 1.6"))
        }
    }

    init(document: PickleDocument, storages: [String: Storage], isBigEndian: Bool) {
        self.document = document
        self.storages = storages
        self.isBigEndian = isBigEndian
    }
}
