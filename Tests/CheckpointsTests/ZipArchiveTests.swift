import Tensors
import Testing

@testable import Checkpoints

struct ZipArchiveTests {
    /// One array, then the directory at ``directory`` and the end record.
    private static let good = NpzWriter.encode([("a", ArrayValue(Tensor(shape: [2], elements: [1, 2])))])
    private static let end = good.count - 22
    private static let directory = end - 46 - 5

    private static func changed(_ offset: Int, _ bytes: [UInt8]) -> [UInt8] {
        var archive = good
        archive.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        return archive
    }

    private func contents(_ bytes: [UInt8], limit: Int = 1 << 20) throws -> [[UInt8]] {
        let archive = try ZipArchive(bytes)
        return try archive.entries.map { try archive.contents(of: $0, limit: limit) }
    }

    @Test func theUnchangedArchiveIsRead() throws {
        #expect(try contents(Self.good).count == 1)
    }

    @Test(
        arguments: [
            [], Array(good.prefix(20)), Array(good.dropLast()), Array(good.dropLast(22)), good + [0],
            changed(end + 4, [1, 0]), changed(end + 6, [1, 0]), changed(end + 8, [2, 0]), changed(end + 10, [0, 0]),
            changed(end + 8, [0, 0, 0, 0]), changed(end + 8, [2, 0, 2, 0]), changed(end + 8, [255, 255, 255, 255]),
            changed(end + 12, [0, 0, 0, 0]), changed(end + 12, [255, 255, 255, 127]),
            changed(end + 16, [255, 255, 255, 255]),
            changed(end + 16, [0, 0, 0, 0]), changed(end + 20, [1, 0]),
            changed(directory, [0]), changed(directory + 8, [1, 8]), changed(directory + 10, [9, 0]),
            changed(directory + 10, [8, 0]), changed(directory + 16, [0, 0, 0, 0]),
            changed(directory + 20, [1, 0, 0, 0]),
            changed(directory + 24, [1, 0, 0, 0]), changed(directory + 20, [255, 255, 255, 127, 255, 255, 255, 127]),
            changed(directory + 20, [255, 255, 255, 255, 255, 255, 255, 255]), changed(directory + 28, [255, 255]),
            changed(directory + 30, [1, 0]), changed(directory + 32, [1, 0]), changed(directory + 42, [1, 0, 0, 0]),
            changed(directory + 42, [255, 255, 255, 127]), changed(directory + 42, [255, 255, 255, 255]),
            changed(directory + 46, [0xFF]), changed(0, [0]), changed(26, [255, 255]), changed(28, [255, 255]),
            changed(140, [99]),
        ] as [[UInt8]])
    func eachDamageIsRefused(bytes: [UInt8]) {
        #expect(throws: ArchiveError.self) { try contents(bytes) }
    }

    @Test func twoEntriesOfOneNameAreRefused() throws {
        var bytes = NpzWriter.encode([("a", ArrayValue([1], shape: [1])), ("b", ArrayValue([2], shape: [1]))])
        let name = try #require(bytes.indices.last { bytes[$0...].starts(with: Array("b.npy".utf8)) })
        bytes[name] = UInt8(ascii: "a")
        #expect(throws: ArchiveError.self) { try ZipArchive(bytes) }
    }

    @Test func nothingIsInflatedBeyondLimitOrDeclaration() throws {
        let bytes = try NumpyArchives.compressed
        let archive = try ZipArchive(bytes)
        let entry = archive.entries[0]
        #expect(throws: ArchiveError.self) { try archive.contents(of: entry, limit: entry.size - 1) }
        #expect(try archive.contents(of: entry, limit: entry.size).count == entry.size)
        let directory = try #require(bytes.indices.first { bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
        for size in [entry.size - 1, entry.size + 1, 0] {
            var lying = bytes
            lying.replaceSubrange((directory + 24)..<(directory + 28), with: ZipFormat.number(size, 4))
            #expect(throws: ArchiveError.self) { try contents(lying) }
        }
    }

    @Test func damagedBytesNeverCrash() throws {
        let originals = [Self.good, try NumpyArchives.stored, try NumpyArchives.compressed]
        var random = SplitMix64(seed: 3)
        for original in originals {
            for _ in 0..<400 {
                var bytes = original
                for _ in 0...Int.random(in: 0..<4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                if let arrays = try? Npz.decode(bytes, limit: 1 << 20) { #expect(arrays.count <= 3) }
            }
        }
    }
}
