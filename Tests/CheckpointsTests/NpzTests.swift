import Tensors
import Testing

@testable import Checkpoints

struct NpzTests {
    private let arrays: [(name: String, value: ArrayValue)] = [
        ("blocks.0.attn.hook_pattern", ArrayValue(Tensor(shape: [2, 2], elements: [1, 2, 3, 4]))),
        ("é", ArrayValue([9, -9], shape: [2])), ("empty", ArrayValue(Tensor(shape: [0, 3], elements: []))),
    ]

    @Test func whatIsWrittenIsReadBackAndItsLengthIsKnownBefore() throws {
        let bytes = NpzWriter.encode(arrays)
        #expect(bytes.count == NpzWriter(arrays).byteCount)
        let read = try Npz.decode(bytes, limit: 1000)
        #expect(read.map(\.name) == arrays.map(\.name))
        for (read, written) in zip(read, arrays) {
            #expect(read.value.shape == written.value.shape && read.value.bytes == written.value.bytes)
            #expect(read.value.type == written.value.type)
        }
    }

    @Test(arguments: [true, false])
    func whatNumpyWritesIsRead(isCompressed: Bool) throws {
        let bytes = try isCompressed ? NumpyArchives.compressed : NumpyArchives.stored
        let read = try Npz.decode(bytes, limit: 10_000)
        #expect(read.map(\.name) == ["a", "i", "f"])
        #expect(read[0].value.shape == [2, 3] && read[0].value.tensor.elements == [0, 1, 2, 3, 4, 5])
        #expect(read[1].value.tensor.elements == [1, -2, 3])
        #expect(read[2].value.type == .float64 && read[2].value.tensor.elements == [0, 1, 2, 3, 4, 5])
    }

    @Test func theLimitCountsAllArraysTogether() throws {
        let bytes = NpzWriter.encode(arrays)
        let contents = try ZipArchive(bytes).entries.reduce(0) { $0 + $1.size }
        #expect(try Npz.decode(bytes, limit: contents).count == 3)
        #expect(throws: ArchiveError.self) { try Npz.decode(bytes, limit: contents - 1) }
    }

    /// Where an archive outgrows 32 bits is decided by sizes alone, so it is shown without four gigabytes.
    @Test func largeArchivesTakeSixtyFourBits() throws {
        let small = ZipEntryHeader(name: "a", size: 100, offset: 0)
        #expect(
            small.local(checksum: 1).count == small.localSize && small.central(checksum: 1).count == small.centralSize)
        let large = ZipEntryHeader(name: "a", size: 5 << 30, offset: 6 << 30)
        #expect(large.localSize == small.localSize + 20 && large.centralSize == small.centralSize + 28)
        #expect(
            large.local(checksum: 1).count == large.localSize && large.central(checksum: 1).count == large.centralSize)
        let end = ZipEnd(entries: 2, offset: 6 << 30, size: 90).encoded
        #expect(end.count == 22 + 20 + 56)
        #expect(ZipEnd(entries: 2, offset: 600, size: 90).encoded.count == 22)
        #expect(ZipEnd(entries: 70_000, offset: 600, size: 90).encoded.count == 98)
    }

    @Test func sixtyFourBitDirectoriesAreRead() throws {
        // One stored byte, with every number of its directory in the 64-bit places.
        let local = ZipEntryHeader(name: "a", size: 1, offset: 0).local(checksum: 0xE8B7_BE43) + Array("a".utf8)
        var central = ZipEntryHeader(name: "a", size: 5 << 30, offset: 6 << 30).central(checksum: 0xE8B7_BE43)
        central.replaceSubrange((central.count - 24)..., with: [1, 1, 0].flatMap { ZipFormat.number($0, 8) })
        central.replaceSubrange((central.count - 8)..., with: ZipFormat.number(0, 8))
        var end = ZipEnd(entries: 1, offset: 6 << 30, size: central.count).encoded
        end.replaceSubrange(48..<56, with: ZipFormat.number(local.count, 8))
        end.replaceSubrange(64..<72, with: ZipFormat.number(local.count + central.count, 8))
        let archive = try ZipArchive(local + central + end)
        #expect(archive.entries.count == 1 && archive.entries[0].size == 1)
        #expect(try archive.contents(of: archive.entries[0], limit: 1) == Array("a".utf8))
    }
}
