import Checkpoints
import Foundation
import HookedModels

/// What strangers' files go through, as one function over bytes each. The fuzzer calls them, and a test with all that the
/// fuzzer has found worth keeping (`Tests/Attacks`). Of the bytes nothing is expected but that they end in a value or in an
/// error; of a value, that it is what it claims to be: arrays are the same once written and read back, contents as long as
/// announced, ids of tokens in the vocabulary. What is not ends the process.
struct FuzzTargets {
    /// Their names, which are folders of `Tests/Attacks`.
    static let names = ["safetensors", "npy", "zip", "torch", "configuration", "tokenizer"]

    /// Bytes that one array, or one file of an archive, may have.
    private static let limit = 1 << 22

    /// Where the fixtures are: whose weights a configuration is tried on.
    private let root: URL
    private let folder: URL

    /// - Parameter root: the package's folder.
    init(root: URL) throws {
        self.root = root
        folder = FileManager.default.temporaryDirectory.appending(path: "prisma-fuzz-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Deletes what was written.
    func end() { try? FileManager.default.removeItem(at: folder) }

    /// Feeds the bytes to the target of that name. - Returns: whether they were taken.
    @discardableResult
    func take(_ bytes: [UInt8], by name: String) -> Bool {
        do {
            switch name {
            case "safetensors": try safetensors(bytes)
            case "npy": try npy(bytes)
            case "zip": try zip(bytes)
            case "torch": try torch(bytes)
            case "configuration": try configuration(bytes)
            default: try tokenizer(bytes)
            }
            return true
        } catch {
            _ = "\(error)"  // errors describe themselves, whatever they are about
            return false
        }
    }

    private func safetensors(_ bytes: [UInt8]) throws {
        let file = try SafetensorsBytes(bytes, name: "fuzz")
        let arrays = try arrays(of: file)
        let written = try SafetensorsBytes(SafetensorsWriter(arrays).pieces.joined, name: "again")
        precondition(written.entries.map(\.name) == arrays.map(\.name), "tensors are those that were written")
        for (array, again) in Swift.zip(arrays, try self.arrays(of: written)) { check(again.value, is: array.value) }
    }

    /// The tensors as they lie there, those beyond what a fuzzer has time for left out.
    private func arrays(of source: some TensorSource) throws -> [(name: String, value: ArrayValue)] {
        try source.entries.prefix(64).filter { $0.count < 1 << 20 }.map { entry in
            _ = try? source.tensor(entry)
            let bytes = try source.withBytes(of: entry) { bytes in bytes.withUnsafeBufferPointer { Array($0) } }
            return (entry.name, ArrayValue(type: entry.type, shape: entry.shape, bytes: bytes))
        }
    }

    private func npy(_ bytes: [UInt8]) throws {
        guard bytes.starts(with: [0x50, 0x4B]) else {
            let array = try Npy.decode(bytes)
            return check(try Npy.decode(Npy.encode(array)), is: array)
        }
        let arrays = try Npz.decode(bytes, limit: Self.limit)
        let again = try Npz.decode(NpzWriter(arrays).pieces.joined, limit: 2 * Self.limit)
        precondition(again.map(\.name) == arrays.map(\.name), "arrays are those that were written")
        for (array, again) in Swift.zip(arrays, again) { check(again.value, is: array.value) }
    }

    private func check(_ array: ArrayValue, is other: ArrayValue) {
        precondition(
            array.type == other.type && array.shape == other.shape && array.bytes == other.bytes,
            "an array that was written and read is another: \(array.type)\(array.shape), \(other.type)\(other.shape)")
    }

    private func zip(_ bytes: [UInt8]) throws {
        let archive = try ZipArchive(bytes)
        precondition(Set(archive.entries.map(\.name)).count == archive.entries.count, "names are unique")
        for entry in archive.entries.prefix(64) {
            let contents = try archive.contents(of: entry, limit: Self.limit)
            precondition(
                contents.count == entry.size && contents.count <= Self.limit, "contents are as long as announced")
        }
    }

    private func torch(_ bytes: [UInt8]) throws {
        let file = folder.appending(path: "fuzz.pt")
        try Data(bytes).write(to: file)
        let checkpoint = try Checkpoint(path: file.path)
        _ = try? arrays(of: checkpoint)
        _ = try checkpoint.record()
    }

    /// The first line names a fixture, whose weights are tried with the configuration that follows.
    private func configuration(_ bytes: [UInt8]) throws {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        let known = ["hf_vit", "timm_vit", "timm_reg", "hf_clip", "open_clip", "hf_dinov2_reg", "hf_siglip"]
        let name = String(decoding: line, as: UTF8.self)
        let place = try place(of: known.contains(name) ? name : known[0])
        let file = name == "open_clip" ? "open_clip_config.json" : "config.json"
        try Data(bytes.dropFirst(line.count + 1)).write(to: place.appending(path: file))
        let checkpoint = try Checkpoint(path: place.path)
        _ = try? HookedModel(textOf: checkpoint)
        _ = try HookedModel(checkpoint)
    }

    /// A folder with a fixture's weights and nothing else.
    private func place(of name: String) throws -> URL {
        let place = folder.appending(path: name)
        guard !FileManager.default.fileExists(atPath: place.path) else { return place }
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let source = root.appending(path: "Tests/Fixtures/models/\(name)/checkpoint")
        for file in try FileManager.default.contentsOfDirectory(atPath: source.path)
        where file.hasSuffix(".safetensors") {
            try FileManager.default.createSymbolicLink(
                at: place.appending(path: file), withDestinationURL: source.appending(path: file))
        }
        return place
    }

    /// Files after one another, parted by zero bytes: `vocab.json` and `merges.txt`; one alone is `tokenizer.json`, or open_clip's
    /// vocabulary where it begins as gzip does.
    private func tokenizer(_ bytes: [UInt8]) throws {
        let place = try place(of: "hf_clip")
        let names = ["vocab.json", "merges.txt", "tokenizer.json", "bpe_simple_vocab_16e6.txt.gz"]
        for name in names { try? FileManager.default.removeItem(at: place.appending(path: name)) }
        try Data("{}".utf8).write(to: place.appending(path: "config.json"))
        let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        if bytes.starts(with: [0x1F, 0x8B]) {
            try Data(bytes).write(to: place.appending(path: names[3]))
        } else if parts.count == 2 {
            try Data(parts[0]).write(to: place.appending(path: names[0]))
            try Data(parts[1]).write(to: place.appending(path: names[1]))
        } else {
            try Data(bytes).write(to: place.appending(path: names[2]))
        }
        let text = TextInput(vocabulary: 1_000, context: 16, padding: 0, end: .largest)
        guard let tokenizer = try Tokenizer(of: Checkpoint(path: place.path), for: text) else { return }
        let ids = tokenizer.padded("A photo of a cat, isn't it? 𝔘nicode é 12 <|endoftext|>")
        precondition(
            ids.count == text.context && ids.allSatisfy { (0..<text.vocabulary).contains($0) },
            "ids \(ids) fill a context of \(text.context) from a vocabulary of \(text.vocabulary)")
    }
}
