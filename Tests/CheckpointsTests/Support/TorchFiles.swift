import Tensors
import Testing

@testable import Checkpoints

/// PyTorch files by hand.
enum TorchFiles {
    struct Entry {
        var name: String
        var bytes: [UInt8]
        /// `nil`: computed.
        var checksum: UInt32?
        /// As a deflate stream of that contents; the entry is then said to be compressed.
        var deflated: [UInt8]?
    }

    /// 0 … 11 as float32.
    static let twelve = floats((0..<12).map { Float($0) })

    static func floats(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in withUnsafeBytes(of: value) { [UInt8]($0) } }
    }

    /// `{"w": float32 [3, 4]}` = 0 … 11.
    static let pickle = PickleWriter.pickle {
        $0.dict { w in
            w.text("w")
            w.tensor(storage: 12, [3, 4], [4, 1])
        }
    }

    static let good = archive(pickle)

    static func archive(
        _ pickle: [UInt8], storages: [String: [UInt8]] = ["0": twelve], root: String = "archive/",
        order: String? = "little"
    ) -> [UInt8] {
        var entries = [Entry(name: root + "data.pkl", bytes: pickle)]
        if let order { entries.append(Entry(name: root + "byteorder", bytes: Array(order.utf8))) }
        for (key, bytes) in storages.sorted(by: { $0.key < $1.key }) {
            entries.append(Entry(name: root + "data/" + key, bytes: bytes))
        }
        return zip(entries + [Entry(name: root + "version", bytes: Array("3\n".utf8))])
    }

    static func zip(_ entries: [Entry]) -> [UInt8] {
        var (bytes, directory): ([UInt8], [UInt8]) = ([], [])
        for entry in entries {
            let stored = entry.deflated ?? entry.bytes
            let sum = entry.checksum ?? ZipArchive.checksum(entry.bytes.span)
            let common =
                ZipFormat.number(20, 2) + ZipFormat.number(0x0800, 2)
                + ZipFormat.number(entry.deflated == nil ? 0 : 8, 2) + ZipFormat.number(0, 4)
                + ZipFormat.number(Int(sum), 4) + ZipFormat.number(stored.count, 4)
                + ZipFormat.number(entry.bytes.count, 4) + ZipFormat.number(entry.name.utf8.count, 2)
            directory += ZipFormat.number(0x0201_4B50, 4) + [20, 0] + common + [UInt8](repeating: 0, count: 12)
            directory += ZipFormat.number(bytes.count, 4) + Array(entry.name.utf8)
            bytes +=
                ZipFormat.number(0x0403_4B50, 4) + common + ZipFormat.number(0, 2) + Array(entry.name.utf8) + stored
        }
        let end = ZipEnd(entries: entries.count, offset: bytes.count, size: directory.count)
        return bytes + directory + end.encoded
    }

    /// A deflate stream that does not compress (RFC 1951, 3.2.4): one block of at most 65,535 bytes.
    static func storedBlock(_ bytes: [UInt8]) -> [UInt8] {
        [1] + ZipFormat.number(bytes.count, 2) + ZipFormat.number(~bytes.count & 0xFFFF, 2) + bytes
    }

    /// The format before PyTorch 1.6; each storage with the number of its elements.
    static func legacy(
        _ pickle: [UInt8], storages: [(key: String, count: Int, bytes: [UInt8])] = [("0", 12, twelve)]
    ) -> [UInt8] {
        let magic = PickleWriter.pickle {
            $0.op(.long1, [10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19])
        }
        let version = PickleWriter.pickle { $0.int(1001) }
        let machine = PickleWriter.pickle {
            $0.dict { fact in
                fact.text("little_endian")
                fact.op(.newtrue)
            }
        }
        let keys = PickleWriter.pickle { writer in
            writer.op(.emptyList, .mark)
            for storage in storages { writer.text(storage.key) }
            writer.op(.appends)
        }
        let bytes = storages.flatMap { ZipFormat.number($0.count, 8) + $0.bytes }
        return magic + version + machine + pickle + keys + bytes
    }

    /// Opens a file in memory.
    static func open(_ bytes: [UInt8]) throws(CheckpointError) -> TorchFile {
        try TorchFile(.memory(bytes), name: "m.pt")
    }

    /// Opens an archive that holds this pickle and twelve floats.
    static func open(pickle body: (inout PickleWriter) -> Void) throws(CheckpointError) -> TorchFile {
        try open(archive(PickleWriter.pickle(body)))
    }

    /// Opens bytes and reads all there is in them: what a fuzzer calls. No outcome but an error of ours, or numbers.
    @discardableResult
    static func exhaust(_ bytes: [UInt8]) -> Bool {
        guard let file = try? open(bytes) else { return false }
        let sums = try? file.summaries(checksums: true)
        _ = try? file.record()
        return sums != nil
    }
}

extension TorchFile {
    func elements(_ name: String) throws -> [Float] { try tensor(named: name).elements }
}
