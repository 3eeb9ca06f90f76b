import Foundation
import Tensors
import Testing
import TextNumbers

@testable import Checkpoints

struct TorchFileTests {
    // MARK: Files of PyTorch

    private static let fixtures = ((try? Golden.json("checkpoints/expected.json")["files"]) as? [String: Any] ?? [:])
        .keys
        .filter { !$0.hasPrefix("st_") }.sorted()

    @Test(.enabled(if: Golden.isPresent), arguments: fixtures)
    func everyFixtureIsReadOrRefusedAsExpected(name: String) throws {
        let all = try #require(try Golden.json("checkpoints/expected.json")["files"] as? [String: Any])
        let expected = try #require(all[name] as? [String: Any])
        let opened = Result { () throws(CheckpointError) in
            try Checkpoint(path: "\(Golden.folder)/checkpoints/\(name)").summaries(checksums: true)
        }
        let tensors = expected["tensors"] as? [String: [String: Any]]
        switch (try #require(expected["outcome"] as? String), try? opened.get()) {
        case ("ok", let summaries): try compare(try #require(summaries), try #require(tensors), name)
        case ("ok_or_reject", let summaries?): if let tensors { try compare(summaries, tensors, name) }
        case ("reject", _): #expect(throws: CheckpointError.self) { try opened.get() }
        default: break
        }
        if let marker = expected["marker"] as? String { #expect(!FileManager.default.fileExists(atPath: marker)) }
    }

    private func compare(_ summaries: [TensorSummary], _ truth: [String: [String: Any]], _ file: String) throws {
        // Of the file with hundreds of tensors, only some are listed.
        let names = summaries.map(\.name)
        #expect(file.hasPrefix("many_keys") ? Set(names).isSuperset(of: truth.keys) : Set(names) == Set(truth.keys))
        for summary in summaries {
            guard let truth = truth[summary.name] else { continue }
            #expect(summary.datatype == truth["dtype"] as? String)
            #expect(summary.shape == truth["shape"] as? [Int])
            let absolute = truth["abs_sum"] as? Double
            #expect((summary.absSum == nil) == (absolute == nil))
            guard let absolute else { continue }
            #expect(abs(try #require(summary.absSum) - absolute) <= 1e-12 * absolute)
            #expect(abs(try #require(summary.sum) - (try #require(truth["sum"] as? Double))) <= 1e-12 * absolute)
        }
    }

    @Test(.enabled(if: Golden.isPresent)) func infinitiesDenormalsAndSignsAreKept() throws {
        let file = try TorchFile(path: "\(Golden.folder)/checkpoints/special_shapes.pt")
        let values = try file.elements("inf_nan")
        #expect(
            values.map(\.bitPattern) == [Float.infinity, -.infinity, .leastNonzeroMagnitude, -0.0].map(\.bitPattern))
        #expect(try file.elements("scalar") == [3.25])
    }

    @Test(
        .enabled(if: Golden.isPresent),
        arguments: Golden.names(in: "saes").filter { $0.hasPrefix("prisma_") })
    func autoencodersWithTheirConfigurationAreRead(name: String) throws {
        let folder = "\(Golden.folder)/saes/\(name)"
        let bare = try TorchFile(path: "\(folder)/weights.pt")
        #expect(bare.entries.contains { $0.name == "W_enc" })
        guard FileManager.default.fileExists(atPath: "\(folder)/n_images_49.pt") else { return }
        let combined = try TorchFile(path: "\(folder)/n_images_49.pt")
        #expect(try combined.summaries(checksums: true) == bare.summaries(checksums: true))
        let record = try combined.record()
        #expect(record["cfg"]?["model_class_name"]?.string == "HookedViT")
        #expect(record["cfg"]?["max_grad_norm"]?.double == 1)
        let saved = try JSONFile.read("\(folder)/config.json")
        for member in try #require(saved.object) where record["cfg"]?[member.key] != nil {
            #expect(record["cfg"]?[member.key] == member.value, "\(member.key)")
        }
    }

    @Test(.enabled(if: Golden.isPresent), arguments: Golden.names(in: "models"))
    func modelsOfAllLibrariesAreRead(name: String) throws {
        let folder = "\(Golden.folder)/models/\(name)/checkpoint"
        for file in Golden.names(in: "models/\(name)/checkpoint") where WeightsFile.isTorch(file) {
            let checkpoint = try Checkpoint(path: "\(folder)/\(file)")
            #expect(checkpoint.entries.count > 10)
            #expect(try checkpoint.summaries(checksums: true).allSatisfy { $0.sum != nil })
        }
    }

    // MARK: Files by hand

    @Test func aTensorIsReadWhereItLies() throws {
        let file = try TorchFiles.open(TorchFiles.good)
        #expect(file.entries == [TensorEntry(name: "w", type: .float32, shape: [3, 4])])
        #expect(try file.elements("w") == (0..<12).map { Float($0) })
        #expect(file.byteCount == TorchFiles.good.count)
    }

    @Test func aMappedFileIsReadTwiceAndAfterItsPagesWereLetGo() throws {
        let folder = try TemporaryFolder()
        let file = try TorchFile(path: try folder.write("w.pt", TorchFiles.good))
        #expect(try file.elements("w").last == 11)
        file.releasePages()
        #expect(try file.elements("w").last == 11)
        #expect(file.name == "w.pt" && file.modified.seconds > 0)
    }

    @Test(arguments: ["archive/", "anything at all/", "", "ü/"])
    func theFolderOfTheArchiveMayHaveAnyName(root: String) throws {
        let file = try TorchFiles.open(TorchFiles.archive(TorchFiles.pickle, root: root))
        #expect(try file.elements("w").count == 12)
    }

    @Test(
        arguments: [
            ("transposed", 0, [4, 3], [1, 4], [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]),
            ("strided", 1, [2, 2], [6, 3], [1, 4, 7, 10]), ("shifted", 8, [2, 2], [2, 1], [8, 9, 10, 11]),
            ("repeated", 2, [3, 2], [0, 1], [2, 3, 2, 3, 2, 3]), ("scalar", 5, [], [], [5]),
            ("empty", 0, [0, 4], [4, 1], []), ("empty beyond the end", 99, [0], [1], []),
            ("one row whose stride is of no matter", 4, [1, 4], [.max, 1], [4, 5, 6, 7]),
            ("one column", 0, [3, 1], [4, .max / 2], [0, 4, 8]),
            ("permuted", 0, [2, 2, 3], [1, 6, 2], [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]),
        ] as [(String, Int, [Int], [Int], [Float])])
    func viewsComeOutInRowMajorOrder(name: String, offset: Int, shape: [Int], strides: [Int], expected: [Float]) throws
    {
        let file = try TorchFiles.open {
            $0.dict { dictionary in
                dictionary.text(name)
                dictionary.tensor(storage: 12, offset: offset, shape, strides)
            }
        }
        #expect(try file.elements(name) == expected)
        #expect(file.entries[0].shape == shape)
    }

    @Test(
        arguments: [
            ("DoubleStorage", ElementType.float64), ("FloatStorage", .float32), ("HalfStorage", .float16),
            ("BFloat16Storage", .bfloat16), ("LongStorage", .int64), ("IntStorage", .int32), ("ShortStorage", .int16),
            ("CharStorage", .int8), ("ByteStorage", .uint8), ("BoolStorage", .bool),
        ])
    func everyTypeOfStorageIsRead(name: String, type: ElementType) throws {
        // The number 1 in each type, twice.
        let bits: [ElementType: Int] = [
            .float64: 0x3FF0_0000_0000_0000, .float32: 0x3F80_0000, .float16: 0x3C00, .bfloat16: 0x3F80,
        ]
        let one = ZipFormat.number(bits[type] ?? 1, type.size)
        for (order, bytes) in [("little", one), ("big", one.reversed())] {
            let pickle = PickleWriter.pickle {
                $0.dict { dictionary in
                    dictionary.text("a")
                    dictionary.tensor(storage: 2, type: name, [2], [1])
                }
            }
            let file = try TorchFiles.open(TorchFiles.archive(pickle, storages: ["0": bytes + bytes], order: order))
            #expect(file.entries[0].type == type)
            #expect(try file.elements("a") == [1, 1], "\(order)")
        }
    }

    @Test(arguments: [("float8_e4m3fn", [0x38, 0x3F] as [UInt8], [1, 1.875] as [Float]), ("uint16", [7, 1], [263])])
    func typesWithoutAStorageOfTheirOwnAreRead(type: String, bytes: [UInt8], expected: [Float]) throws {
        for module in ["torch", "torch.storage"] {
            let pickle = PickleWriter.pickle {
                $0.dict { dictionary in
                    dictionary.text("a")
                    dictionary.call("torch._utils", "_rebuild_tensor_v3") {
                        $0.storage((module, "UntypedStorage"), count: 2)
                        $0.int(0)
                        $0.ints([expected.count])
                        $0.ints([1])
                        $0.op(.newfalse)
                        $0.call("collections", "OrderedDict")
                        $0.global("torch", type)
                    }
                }
            }
            let file = try TorchFiles.open(TorchFiles.archive(pickle, storages: ["0": bytes]))
            #expect(file.entries[0].type.torchName == type)
            #expect(try file.elements("a") == expected)
        }
    }

    @Test func parametersAndTheFirstFormOfTensorsAreRead() throws {
        let file = try TorchFiles.open {
            $0.dict { dictionary in
                dictionary.text("p")
                dictionary.call("torch._utils", "_rebuild_parameter") {
                    $0.tensor(storage: 12, [2], [1])
                    $0.op(.newtrue)
                    $0.call("collections", "OrderedDict")
                }
                dictionary.text("s")
                dictionary.call("torch._utils", "_rebuild_parameter_with_state") {
                    $0.tensor(storage: 12, offset: 2, [2], [1])
                    $0.op(.newtrue)
                    $0.call("collections", "OrderedDict")
                    $0.op(.emptyDict)
                }
                dictionary.text("old")
                dictionary.call("torch._utils", "_rebuild_tensor") {
                    $0.storage(count: 12)
                    $0.int(4)
                    $0.call("torch", "Size") { $0.ints([2]) }
                    $0.ints([1])
                }
            }
        }
        #expect(file.entries.map(\.name) == ["p", "s", "old"])
        #expect(try file.elements("p") == [0, 1])
        #expect(try file.elements("s") == [2, 3])
        #expect(try file.elements("old") == [4, 5])
    }

    @Test func checksumsAreHeldAgainstWhatIsRead() throws {
        func file(_ checksum: UInt32?, ofPickle: UInt32? = nil) throws -> TorchFile {
            try TorchFiles.open(
                TorchFiles.zip([
                    TorchFiles.Entry(name: "a/data.pkl", bytes: TorchFiles.pickle, checksum: ofPickle),
                    TorchFiles.Entry(name: "a/data/0", bytes: TorchFiles.twelve, checksum: checksum),
                ]))
        }
        #expect(try file(nil).elements("w").count == 12)
        #expect(throws: CheckpointError("m.pt", .wrongChecksum(key: "0"))) { try file(1).elements("w") }
        // PyTorch writes zero where it was told not to compute any.
        #expect(try file(0, ofPickle: 0).elements("w").count == 12)
    }

    @Test func compressedEntriesAreRead() throws {
        let bytes = TorchFiles.zip([
            TorchFiles.Entry(
                name: "a/data.pkl", bytes: TorchFiles.pickle, deflated: TorchFiles.storedBlock(TorchFiles.pickle)),
            TorchFiles.Entry(
                name: "a/data/0", bytes: TorchFiles.twelve, deflated: TorchFiles.storedBlock(TorchFiles.twelve)),
        ])
        #expect(try TorchFiles.open(bytes).elements("w").last == 11)
    }

    @Test func theFormatBeforeVersion16IsRead() throws {
        let file = try TorchFiles.open(TorchFiles.legacy(TorchFiles.pickle))
        #expect(try file.elements("w") == (0..<12).map { Float($0) })
    }

    @Test func partsOfStoragesInTheOlderFormatAreRead() throws {
        let pickle = PickleWriter.pickle {
            $0.dict { dictionary in
                dictionary.text("part")
                dictionary.call("torch._utils", "_rebuild_tensor") {
                    $0.storage(count: 12) {
                        $0.tuple { view in
                            view.text("1")
                            view.int(6)
                            view.int(4)
                        }
                    }
                    $0.int(1)
                    $0.ints([3])
                    $0.ints([1])
                }
            }
        }
        #expect(try TorchFiles.open(TorchFiles.legacy(pickle)).elements("part") == [7, 8, 9])
    }
}
