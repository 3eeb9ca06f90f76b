import Tensors
import Testing

@testable import Checkpoints

struct TensorSummaryTests {
    private func file(_ arrays: [(name: String, value: ArrayValue)]) throws -> SafetensorsFile {
        try SafetensorsFile.opening(SafetensorsWriter(arrays).encoded)
    }

    @Test func sumsAreOfFloat64() throws {
        let bytes = [0x1p60, 1, -0x1p60].flatMap { value -> [UInt8] in withUnsafeBytes(of: value) { [UInt8]($0) } }
        let summary = try file([("a", ArrayValue(type: .float64, shape: [3, 1], bytes: bytes))]).summaries(
            checksums: true)
        #expect(summary == [TensorSummary(name: "a", datatype: "float64", shape: [3, 1], sum: 0, absSum: 0x1p61)])
    }

    @Test func sumsThatAreNotFiniteAreNone() throws {
        let values: [Float] = [.infinity, .nan, -.infinity]
        for value in values {
            let summary = try file([("a", ArrayValue(Tensor(shape: [2], elements: [1, value])))]).summaries(
                checksums: true)
            #expect(summary[0].sum == nil && summary[0].absSum == nil)
        }
    }

    @Test func withoutChecksumsThereAreNone() throws {
        let summary = try file([("a", ArrayValue([1], shape: [1]))]).summaries(checksums: false)
        #expect(summary == [TensorSummary(name: "a", datatype: "int64", shape: [1], sum: nil, absSum: nil)])
    }

    @Test func theWrapperIsRemovedWhereEveryNameHasIt() throws {
        let one = ArrayValue([1], shape: [1])
        let wrapped = try file([("module.a", one), ("module.b", one)]).summaries(checksums: false)
        #expect(wrapped.map(\.name) == ["a", "b"])
        let mixed = try file([("module.a", one), ("b", one)]).summaries(checksums: false)
        #expect(mixed.map(\.name) == ["module.a", "b"])
    }

    @Test func typesAreCalledAsInPyTorch() {
        #expect(
            ElementType.allCases.map(\.torchName) == [
                "float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2", "int64", "int32", "int16",
                "int8",
                "uint64", "uint32", "uint16", "uint8", "bool",
            ])
    }
}
