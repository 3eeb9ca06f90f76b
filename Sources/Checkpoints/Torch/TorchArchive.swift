/// The format of PyTorch 1.6 and later: a zip archive of one folder, whatever its name.
///
///     NAME/data.pkl     the pickle, which refers to storages by key
///     NAME/data/KEY     the bytes of one
///     NAME/byteorder    "little" or "big"; little where it is missing
///     NAME/version …    of no use here
///
/// PyTorch can be told to skip the checksums, and then writes zeros. It stores without compression, so tensors are used where they lie in the file. Compressed entries are read as
/// well, into memory and within ``maximumInflation``.
struct TorchArchive {
    static let maximumPickle = 64 << 20
    /// What compressed storages may take together, as a multiple of the file, beside a small constant.
    static let maximumInflation = 8
    private static let inflationForAll = 16 << 20

    private let source: ByteSource
    private let file: String
    private let archive: ZipArchive
    /// `NAME/`, or nothing where the files are at the top.
    private let root: String

    init(_ source: ByteSource, file: String) throws(CheckpointError) {
        self.source = source
        self.file = file
        archive = try TorchArchive.naming(file) { () throws(ArchiveError) in try ZipArchive(source) }
        for entry in archive.entries where !TorchArchive.isInside(entry.name) {
            throw CheckpointError(
                file,
                .damagedArchive(problem: "the entry \(entry.name.shown) would lie outside of the archive's folder"))
        }
        let roots = archive.entries.compactMap { TorchArchive.root(ofPickle: $0.name) }
        guard let root = roots.first else {
            throw CheckpointError(
                file, .notTorch(problem: "is an archive without data.pkl, the pickle of a checkpoint"))
        }
        if roots.count > 1 {
            throw CheckpointError(
                file, .notTorch(problem: "is an archive of \(roots.count) data.pkl; one was expected"))
        }
        self.root = root
    }

    func contents() throws(CheckpointError) -> TorchContents {
        guard let pickle = archive.entries.first(where: { $0.name == root + "data.pkl" }) else {
            preconditionFailure("the root was taken from this entry")
        }
        let (bytes, range): (ByteSource, Range<Int>) = try TorchArchive.naming(file) { () throws(ArchiveError) in
            try archive.lent(pickle, limit: TorchArchive.maximumPickle, zeroIsNone: true)
        }
        let document: PickleDocument
        do throws(PickleError) {
            let (read, end) = try PickleMachine.run(bytes, in: range)
            guard end == range.upperBound else {
                throw PickleError(
                    position: end - range.lowerBound, opcode: nil, problem: .trailing(bytes: range.upperBound - end))
            }
            document = read
        } catch {
            throw CheckpointError(file, .refusedPickle(error))
        }
        let bytesOfKey: [String: TorchContents.Storage] = try TorchArchive.naming(file) { () throws(ArchiveError) in
            try storages()
        }
        return TorchContents(document: document, storages: bytesOfKey, isBigEndian: try isBigEndian())
    }

    private func storages() throws(ArchiveError) -> [String: TorchContents.Storage] {
        let prefix = root + "data/"
        var storages: [String: TorchContents.Storage] = [:]
        var left = TorchArchive.inflationForAll + TorchArchive.maximumInflation * source.count
        for entry in archive.entries where entry.name.hasPrefix(prefix) && !entry.name.hasSuffix("/") {
            let key = String(entry.name.dropFirst(prefix.count))
            if entry.isDeflated {
                let bytes = try archive.contents(of: entry, limit: left)
                left -= bytes.count
                storages[key] = .inflated(bytes)
            } else {
                let checksum = entry.checksum == 0 ? nil : entry.checksum
                storages[key] = .stored(try archive.storedRange(of: entry), checksum: checksum)
            }
        }
        return storages
    }

    private func isBigEndian() throws(CheckpointError) -> Bool {
        guard let entry = archive.entries.first(where: { $0.name == root + "byteorder" }) else { return false }
        let (bytes, range): (ByteSource, Range<Int>) = try TorchArchive.naming(file) { () throws(ArchiveError) in
            try archive.lent(entry, limit: 16, zeroIsNone: true)
        }
        switch String(decoding: bytes.bytes(range), as: UTF8.self) {
        case "little": return false
        case "big": return true
        case let other:
            throw CheckpointError(
                file, .notTorch(problem: "has the order of bytes \(other.shown), expected 'little' or 'big'"))
        }
    }

    /// `NAME/` of `NAME/data.pkl`; files of that name further below are none.
    private static func root(ofPickle name: String) -> String? {
        if name == "data.pkl" { return "" }
        guard name.hasSuffix("/data.pkl") else { return nil }
        let root = name.dropLast("data.pkl".count)
        return root.dropLast().contains("/") ? nil : String(root)
    }

    /// Nothing is ever written by these names; but an archive that has such a one was made to do harm.
    private static func isInside(_ name: String) -> Bool {
        !name.hasPrefix("/") && !name.utf8.contains { $0 == UInt8(ascii: "\\") || $0 == 0 }
            && !name.split(separator: "/").contains("..")
    }

    private static func naming<Result>(
        _ file: String, _ body: () throws(ArchiveError) -> Result
    ) throws(CheckpointError) -> Result {
        do throws(ArchiveError) {
            return try body()
        } catch {
            throw CheckpointError(file, .damagedArchive(problem: error.description))
        }
    }
}
