import Checkpoints
import Foundation
import HookedModels

/// What strangers' files go through, as one function over bytes each. The fuzzer calls them, and a test with all that the
/// fuzzer has found worth keeping (`Tests/Attacks`). Nothing is expected of the bytes but that they end in a value or in an
/// error.
struct FuzzTargets {
    /// Their names, which are folders of `Tests/Attacks`.
    static let names = ["safetensors", "npy", "torch", "configuration", "tokenizer"]

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
        for entry in file.entries.prefix(64) where entry.count < 1 << 20 { _ = try? file.tensor(entry) }
    }

    private func npy(_ bytes: [UInt8]) throws {
        if bytes.starts(with: [0x50, 0x4B]) {
            _ = try Npz.decode(bytes, limit: 1 << 24)
        } else {
            _ = try Npy.decode(bytes)
        }
    }

    private func torch(_ bytes: [UInt8]) throws {
        let file = folder.appending(path: "fuzz.pt")
        try Data(bytes).write(to: file)
        let checkpoint = try Checkpoint(path: file.path)
        for entry in checkpoint.entries.prefix(64) where entry.count < 1 << 20 { _ = try? checkpoint.tensor(entry) }
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
        _ = tokenizer.padded("A photo of a cat, isn't it? 𝔘nicode é 12")
    }
}
