import Testing

@testable import Checkpoints

struct TorchTensorTests {
    private func sentence(
        storage: Int = 12, type: String = "FloatStorage", offset: Int = 0, _ shape: [Int], _ strides: [Int]
    ) -> String {
        let error = #expect(throws: CheckpointError.self) {
            try TorchFiles.open {
                $0.dict { dictionary in
                    dictionary.text("w")
                    dictionary.tensor(storage: storage, type: type, offset: offset, shape, strides)
                }
            }
        }
        return error?.description ?? ""
    }

    @Test(
        arguments: [
            (0, [13], [1], "past the 12 elements"), (1, [12], [1], "past the 12 elements"),
            (12, [1], [1], "past the 12 elements"), (0, [3, 4], [5, 1], "past the 12 elements"),
            (.max, [2], [1], "past the 12 elements"), (0, [2, 2], [1 << 62, 1 << 62], "past the 12 elements"),
            (0, [.max / 8], [.max], "past the 12 elements"), (-1, [1], [1], "negative offset -1"),
            (0, [-3, 4], [4, 1], "negative size -3"), (0, [.min], [1], "negative size"),
            (0, [3, 4], [-4, 1], "negative stride -4"), (0, [3], [.min], "negative stride"),
            (0, [3, 4], [1], "2 sizes and 1 strides"), (0, [], [1], "0 sizes and 1 strides"),
            (0, [1 << 32, 1 << 32], [1, 1], "exceeds any memory"), (0, [.max], [0], "exceeds any memory"),
            (0, [1 << 40], [0], "repeats the bytes of its storage"),
            (0, [1 << 20, 1 << 20], [0, 0], "repeats the bytes of its storage"),
            (0, [262_145], [0], "repeats the bytes of its storage"),
        ] as [(Int, [Int], [Int], String)])
    func whatIsNotInItsStorageIsRefused(offset: Int, shape: [Int], strides: [Int], expected: String) {
        #expect(sentence(offset: offset, shape, strides).contains(expected))
    }

    @Test func storagesOfAnotherSizeAreRefused() {
        for count in [0, 1, 11, 13, 1 << 40, .max] {
            #expect(sentence(storage: count, [1], [1]).contains("but 48 bytes are there"))
        }
        #expect(sentence(type: "DoubleStorage", [1], [1]).contains("of 8 bytes, but 48"))
    }

    @Test func aTensorHasAtMost64Axes() {
        let ones = [Int](repeating: 1, count: 65)
        #expect(sentence(ones, ones).contains("more than 64 axes"))
    }

    @Test func numbersBeyond64BitsAreRefused() {
        for place in 0..<3 {
            let error = #expect(throws: CheckpointError.self) {
                try TorchFiles.open {
                    $0.call("torch._utils", "_rebuild_tensor") { tensor in
                        func number(_ isHere: Bool) {
                            if isHere {
                                tensor.op(.long1, [9] + [UInt8](repeating: 1, count: 9))
                            } else {
                                tensor.int(1)
                            }
                        }
                        tensor.storage(count: 12)
                        number(place == 0)
                        tensor.op(.mark)
                        number(place == 1)
                        tensor.op(.tuple, .mark)
                        number(place == 2)
                        tensor.op(.tuple)
                    }
                }
            }
            #expect(error?.description.contains("beyond 64 bits") == true)
        }
    }

    /// Many views of one storage: each is cheap, all of them together would be read for hours.
    @Test func allTensorsTogetherAreBoundedByTheFile() {
        let floats = [UInt8](repeating: 0, count: 4 << 20)
        let pickle = PickleWriter.pickle {
            $0.dict { dictionary in
                for index in 0..<14 {
                    dictionary.text("view \(index)")
                    dictionary.tensor(storage: 1 << 20, [1 << 20], [1])
                }
            }
        }
        #expect(throws: CheckpointError.self) {
            try TorchFiles.open(TorchFiles.archive(pickle, storages: ["0": floats]))
        }
    }

    /// Copies against the plain definition, over random views.
    @Test func viewsAgreeWithTheirDefinition() {
        var random = SplitMix64(seed: 11)
        for _ in 0..<500 {
            let size = [1, 2, 4, 8].randomElement(using: &random) ?? 1
            let rank = Int.random(in: 0...4, using: &random)
            let shape = (0..<rank).map { _ in Int.random(in: 1...4, using: &random) }
            let strides = (0..<rank).map { _ in Int.random(in: 0...5, using: &random) }
            let last = zip(shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
            let source = (0..<((last + 1) * size + 3)).map { _ in UInt8.random(in: 0...255, using: &random) }
            var offsets = [3]
            for (extent, stride) in zip(shape, strides) {
                offsets = offsets.flatMap { offset in (0..<extent).map { offset + $0 * stride * size } }
            }
            let expected = offsets.flatMap { source[$0..<($0 + size)] }
            #expect(
                StridedCopy.rowMajor(source.span, start: 3, shape: shape, strides: strides, size: size) == expected,
                "\(shape) \(strides) \(size)")
        }
    }
}
