/// The format before PyTorch 1.6: pickles and bytes, one after the other.
///
///     a magic number | 1001, the version | facts of the machine | the saved value | the keys of its storages
///     for each key: 8 bytes with the number of elements | the elements, little-endian
///
/// The first five are pickles. How long an element is, only the saved value tells.
struct TorchLegacyFormat {
    /// `0x1950a86a20f9469cfc6c`, little-endian.
    private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    private static let version = 1001

    private let source: ByteSource
    private let file: String

    init(_ source: ByteSource, file: String) {
        self.source = source
        self.file = file
    }

    func contents() throws(CheckpointError) -> TorchContents {
        var position = 0
        guard try next(&position).root == .largeInteger(TorchLegacyFormat.magic) else {
            throw CheckpointError(
                file, .notTorch(problem: "is a pickle, but not one that torch.save wrote: its magic number is missing"))
        }
        let version = try next(&position)
        guard version.root == .integer(TorchLegacyFormat.version) else {
            let found = version.kind(of: version.root)
            throw CheckpointError(
                file, .notTorch(problem: "has \(found) as its version, expected \(TorchLegacyFormat.version)"))
        }
        let machine = try next(&position)
        guard machine.members(machine.root) != nil else {
            throw CheckpointError(
                file, .notTorch(problem: "has no dictionary of the machine's facts before the saved value"))
        }
        let document = try next(&position)
        let keys = try next(&position)
        let storages = try storages(of: document, keys: keys, from: position)
        return TorchContents(document: document, storages: storages, isBigEndian: false)
    }

    private func next(_ position: inout Int) throws(CheckpointError) -> PickleDocument {
        let end = min(source.count, position + TorchArchive.maximumPickle)
        do {
            let (document, after) = try PickleMachine.run(source, in: position..<end)
            position = after
            return document
        } catch {
            throw CheckpointError(file, .refusedPickle(error))
        }
    }

    private func storages(
        of document: PickleDocument, keys: PickleDocument, from start: Int
    ) throws(CheckpointError) -> [String: TorchContents.Storage] {
        guard let keys = keys.elements(keys.root) else {
            throw CheckpointError(file, .notTorch(problem: "has no list of storages after the saved value"))
        }
        let sizes = elementSizes(document)
        let reader = LittleEndianReader(source)
        var storages: [String: TorchContents.Storage] = [:]
        var position = start
        for key in keys {
            guard case .text(let key) = key, let size = sizes[key], storages[key] == nil else {
                throw CheckpointError(
                    file, .notTorch(problem: "lists a storage twice, or one that the saved value does not know"))
            }
            guard let count = reader.number(at: position, 8), case let available = source.count - position - 8,
                count <= available / size
            else { throw CheckpointError(file, .storageCutOff(key: key)) }
            storages[key] = .stored((position + 8)..<(position + 8 + count * size), checksum: nil)
            position += 8 + count * size
        }
        if position < source.count { throw CheckpointError(file, .trailing(bytes: source.count - position)) }
        return storages
    }

    private func elementSizes(_ document: PickleDocument) -> [String: Int] {
        var sizes: [String: Int] = [:]
        for case .storage(let storage) in document.objects { sizes[storage.key] = storage.type.size }
        return sizes
    }
}
