import Testing

@testable import Checkpoints

/// Damaged files are read or refused, and nothing else happens.
struct TorchMutationTests {
    /// Small files with everything in them.
    private static let originals: [(name: String, bytes: [UInt8])] = [
        ("archive", TorchFiles.good), ("older", TorchFiles.legacy(TorchFiles.pickle)),
        (
            "compressed",
            TorchFiles.zip([
                TorchFiles.Entry(name: "a/data.pkl", bytes: rich, deflated: TorchFiles.storedBlock(rich)),
                TorchFiles.Entry(
                    name: "a/data/0", bytes: TorchFiles.twelve, deflated: TorchFiles.storedBlock(TorchFiles.twelve)),
            ])
        ),
        ("rich", TorchFiles.archive(rich, order: "big")),
    ]

    private static let rich = PickleWriter.pickle {
        $0.dict { top in
            top.text("model")
            top.call("collections", "OrderedDict")
            top.op(.mark)
            top.text("module.a")
            top.tensor(storage: 12, [4, 3], [1, 4])
            top.text("module.p")
            top.call("torch._utils", "_rebuild_parameter") {
                $0.tensor(storage: 12, offset: 2, [1, 3], [0, 2])
                $0.op(.newtrue)
                $0.op(.emptyDict)
            }
            top.op(.setitems)
            top.op(.emptyDict, .build)
            top.text("cfg")
            top.global("vit_prisma.sae.config", "VisionModelSAERunnerConfig")
            top.op(.emptyTuple, .newobj)
            top.dict {
                $0.text("lr")
                $0.op(.binfloat, [0x3F, 0x50, 0, 0, 0, 0, 0, 0])
                $0.text("sizes")
                $0.ints([1, 2, 300, 70_000])
            }
            top.op(.build)
            top.op(.binput, [3])
            top.text("again")
            top.op(.binget, [3])
        }
    }

    @Test(arguments: originals.map(\.name))
    func theOriginalsAreGood(name: String) throws {
        let original = try #require(Self.originals.first { $0.name == name })
        #expect(TorchFiles.exhaust(original.bytes))
    }

    @Test(arguments: originals.map(\.name))
    func everyDamageOfOneByteIsReadOrRefused(name: String) throws {
        let original = try #require(Self.originals.first { $0.name == name }).bytes
        for index in original.indices {
            for mask: UInt8 in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                var bytes = original
                bytes[index] ^= mask
                TorchFiles.exhaust(bytes)
            }
        }
    }

    @Test func manyDamagesAreReadOrRefused() {
        let seed: UInt64 = 20_250_101
        print("damaged PyTorch files: seed \(seed)")
        var random = SplitMix64(seed: seed)
        var good = 0
        for _ in 0..<6_000 {
            var bytes = Self.originals.randomElement(using: &random)?.bytes ?? []
            for _ in 0...Int.random(in: 0..<4, using: &random) { Self.damage(&bytes, &random) }
            good += TorchFiles.exhaust(bytes) ? 1 : 0
        }
        #expect(good < 6_000)
    }

    /// The same on the pickle alone, whose checksum then does not stop it at the door.
    @Test func manyDamagedPicklesAreReadOrRefused() {
        let seed: UInt64 = 20_250_102
        print("damaged pickles: seed \(seed)")
        var random = SplitMix64(seed: seed)
        for _ in 0..<6_000 {
            var pickle = [TorchFiles.pickle, Self.rich].randomElement(using: &random) ?? []
            for _ in 0...Int.random(in: 0..<3, using: &random) { Self.damage(&pickle, &random) }
            TorchFiles.exhaust(TorchFiles.archive(pickle))
            TorchFiles.exhaust(TorchFiles.legacy(pickle))
        }
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        guard let place = bytes.indices.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<7, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &random)))
        case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 16)], at: place)
        case 4: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
        case 5:
            let extremes: [UInt8] = [0, 1, 127, 128, 255]
            for index in place..<min(bytes.count, place + 4) {
                bytes[index] = extremes.randomElement(using: &random) ?? 0
            }
        default: bytes[place] = PickleOpcode.allCases.randomElement(using: &random)?.rawValue ?? 0
        }
    }
}
