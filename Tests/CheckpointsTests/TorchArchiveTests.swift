import Testing

@testable import Checkpoints

/// Archives that lie, and files that are none.
struct TorchArchiveTests {
    private typealias Entry = TorchFiles.Entry
    private static let pickle = Entry(name: "a/data.pkl", bytes: TorchFiles.pickle)
    private static let data = Entry(name: "a/data/0", bytes: TorchFiles.twelve)

    private func sentence(_ bytes: [UInt8]) -> String {
        let error = #expect(throws: CheckpointError.self) {
            _ = try TorchFiles.open(bytes).summaries(checksums: true)
        }
        return error?.description ?? ""
    }

    @Test(
        arguments: [
            ([data], "without data.pkl"), ([], "begins neither"),
            ([pickle, data, Entry(name: "b/data.pkl", bytes: [])], "2 data.pkl"),
            ([pickle, data, Entry(name: "data.pkl", bytes: [])], "2 data.pkl"),
            ([pickle, data, data], "two entries named 'a/data/0'"),
            ([pickle, data, pickle], "two entries named 'a/data.pkl'"),
            ([pickle, data, Entry(name: "../x", bytes: [])], "outside of the archive's folder"),
            ([pickle, data, Entry(name: "a/../../x", bytes: [])], "outside of the archive's folder"),
            ([pickle, data, Entry(name: "/etc/x", bytes: [])], "outside of the archive's folder"),
            ([pickle, data, Entry(name: "a\\..\\x", bytes: [])], "outside of the archive's folder"),
            ([pickle, data, Entry(name: "a\u{0}b", bytes: [])], "outside of the archive's folder"),
            ([pickle], "storage '0', which is not in the file"),
            ([pickle, Entry(name: "b/data/0", bytes: TorchFiles.twelve)], "storage '0', which is not in the file"),
            ([pickle, Entry(name: "a/data/0", bytes: [1, 2, 3])], "but 3 bytes are there"),
            ([pickle, Entry(name: "a/data/0", bytes: TorchFiles.twelve + [0])], "but 49 bytes are there"),
            ([pickle, data, Entry(name: "a/byteorder", bytes: Array("middle".utf8))], "'middle', expected 'little'"),
            ([pickle, data, Entry(name: "a/byteorder", bytes: Array("little and more so".utf8))], "limit of 16"),
            ([Entry(name: "a/data.pkl", bytes: TorchFiles.pickle, checksum: 1), data], "do not match their checksum"),
            ([Entry(name: "a/data.pkl", bytes: []), data], "ends here, without STOP"),
        ])
    func archivesThatAreNotOneCheckpointAreRefused(entries: [TorchFiles.Entry], expected: String) {
        #expect(sentence(TorchFiles.zip(entries)).contains(expected))
    }

    @Test func whatIsDeflatedIsBoundedByItsFile() {
        // 200,000 zeros in 211 bytes, said to be a hundred times as much, and as much as they are.
        func archive(_ count: Int) -> [UInt8] {
            let bytes = [UInt8](repeating: 0, count: count)
            return TorchFiles.zip([Self.pickle, Entry(name: "a/data/0", bytes: bytes, deflated: Self.zeros)])
        }
        #expect(sentence(archive(20_000_000)).contains("more than the limit of"))
        #expect(sentence(archive(1_000_000)).contains("cannot have 1000000 bytes"))
        #expect(sentence(archive(199_999)).contains("damaged or of another size"))
        #expect(sentence(archive(200_001)).contains("damaged or of another size"))
        #expect(sentence(archive(200_000)).contains("but 200000 bytes are there"))
    }

    private static let zeros: [UInt8] =
        [0xED, 0xC1, 0x31, 0x01, 0x00, 0x00, 0x00, 0xC2, 0xA0, 0xF5, 0x4F, 0x6D, 0x06, 0x7F, 0xA0]
        + [UInt8](repeating: 0, count: 193) + [0x80, 0xD7, 0x00]

    @Test func everyPrefixOfAGoodFileIsRefused() {
        for count in 0..<TorchFiles.good.count {
            #expect(throws: CheckpointError.self) { try TorchFiles.open(Array(TorchFiles.good.prefix(count))) }
        }
    }

    @Test func everyPrefixOfAnOlderFileIsRefused() {
        let good = TorchFiles.legacy(TorchFiles.pickle)
        for count in 0..<good.count {
            #expect(throws: CheckpointError.self) { try TorchFiles.open(Array(good.prefix(count))) }
        }
    }

    @Test func localHeadersMustAgreeWithTheDirectory() throws {
        let name = Array("a/data/0".utf8)
        let good = TorchFiles.zip([Self.pickle, Self.data])
        let place = try #require(good.indices.first { good[$0...].starts(with: name) })
        for (offset, byte) in [(place, UInt8(ascii: "b")), (place + 7, UInt8(ascii: "1")), (place - 22, 8)] {
            var lying = good
            lying[offset] = byte
            #expect(sentence(lying).contains("another name or method where it lies"))
        }
    }

    @Test(
        arguments: [
            (Array("<html>not found</html>".utf8), "begins neither as a zip archive"), ([], "is empty"),
            ([0x50], "begins"),
            ([0x50, 0x4B, 3, 4], "its directory is missing"), ([0x80], "ends here"),
            ([0x80, 2, 0x4E, 0x2E], "magic number"),
        ] as [([UInt8], String)])
    func otherFilesAreRefused(bytes: [UInt8], expected: String) {
        #expect(sentence(bytes).contains(expected))
    }

    // MARK: The format before 1.6

    @Test func eachPartOfTheOlderFormatIsChecked() {
        let good = TorchFiles.legacy(TorchFiles.pickle)
        #expect(sentence(good + [0]).contains("1 bytes follow"))
        var wrong = good
        wrong[4] ^= 1
        #expect(sentence(wrong).contains("magic number"))
        wrong = good
        wrong[18] ^= 1  // 1001
        #expect(sentence(wrong).contains("version"))
        let lists: [[(key: String, count: Int, bytes: [UInt8])]] = [
            [("0", 13, TorchFiles.twelve)], [("0", .max, TorchFiles.twelve)], [("0", -1, TorchFiles.twelve)],
        ]
        for list in lists {
            #expect(sentence(TorchFiles.legacy(TorchFiles.pickle, storages: list)).contains("cut off"))
        }
        #expect(
            sentence(TorchFiles.legacy(TorchFiles.pickle, storages: [("0", 11, Array(TorchFiles.twelve.dropLast(4)))]))
                .contains("but 44 bytes are there"))
        for list in [[("0", 12, TorchFiles.twelve), ("0", 12, TorchFiles.twelve)], [("1", 12, TorchFiles.twelve)]] {
            #expect(sentence(TorchFiles.legacy(TorchFiles.pickle, storages: list)).contains("lists a storage twice"))
        }
        #expect(sentence(TorchFiles.legacy(TorchFiles.pickle, storages: [])).contains("storage '0', which is not"))
    }
}
