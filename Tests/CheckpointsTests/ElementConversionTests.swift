import Tensors
import Testing

@testable import Checkpoints

struct ElementConversionTests {
    @Test func everyHalfPrecisionNumberIsExact() {
        let bits = (0...UInt16.max).map { $0 }
        let converted = floats(.float16, bits)
        for (bits, value) in zip(bits, converted) {
            let truth = Float(Float16(bitPattern: bits))
            #expect(value.bitPattern == truth.bitPattern || (value.isNaN && truth.isNaN), "\(bits)")
        }
    }

    @Test func everyBfloat16IsTheUpperHalfOfAFloat32() {
        let bits = (0...UInt16.max).map { $0 }
        for (bits, value) in zip(bits, floats(.bfloat16, bits)) {
            #expect(value.bitPattern == UInt32(bits) << 16)
        }
    }

    @Test(
        arguments: [
            (0x00, 0), (0x80, -0.0), (0x01, 0x1p-9), (0x07, 7 * 0x1p-9), (0x08, 0x1p-6), (0x38, 1), (0x3F, 1.875),
            (0x7E, 448),
            (0xFE, -448),
        ] as [(UInt8, Float)])
    func float8OfFourExponentBits(bits: UInt8, value: Float) {
        #expect(ElementConversion.e4m3(bits).bitPattern == value.bitPattern)
        #expect(ElementConversion.e4m3(0x7F).isNaN && ElementConversion.e4m3(0xFF).isNaN)
    }

    @Test func float8OfFiveExponentBitsIsHalfOfAHalf() {
        let bits = (0...UInt8.max).map { $0 }
        for (bits, value) in zip(bits, floats(.float8e5m2, bits)) {
            let truth = Float(Float16(bitPattern: UInt16(bits) << 8))
            #expect(value.bitPattern == truth.bitPattern || (value.isNaN && truth.isNaN))
        }
    }

    @Test func numbersOfOtherTypesAreRounded() {
        #expect(floats(.float64, [0.1, -1e300, 1e-300].map(\.bitPattern)) == [0.1, -.infinity, 0])
        #expect(floats(.int64, [Int64.min, -1, 1 << 40]) == [-0x1p63, -1, 0x1p40])
        #expect(floats(.int32, [Int32.min, 5]) == [-0x1p31, 5])
        #expect(floats(.int16, [Int16.min, 5]) == [-32768, 5])
        #expect(floats(.int8, [Int8.min, 5]) == [-128, 5])
        #expect(floats(.uint64, [UInt64.max]) == [0x1p64])
        #expect(floats(.uint32, [UInt32.max]) == [0x1p32])
        #expect(floats(.uint16, [UInt16.max]) == [65535])
        #expect(floats(.uint8, [UInt8.max]) == [255])
        #expect(floats(.bool, [UInt8(0), 1, 255]) == [0, 1, 1])
    }

    @Test(arguments: ElementType.allCases)
    func float64AndFloat32Agree(type: ElementType) {
        let bytes = (0..<(type.size * 64)).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        var doubles: [Double] = []
        ElementConversion.forEach(bytes.span, type) { doubles.append($0) }
        let tensor = ArrayValue(type: type, shape: [64], bytes: bytes).tensor
        for (double, float) in zip(doubles, tensor.elements) {
            #expect(Float(double) == float || (double.isNaN && float.isNaN))
        }
        #expect(doubles.count == 64)
    }

    private func floats<Stored: BitwiseCopyable>(_ type: ElementType, _ stored: [Stored]) -> [Float] {
        let bytes = stored.withUnsafeBytes { [UInt8]($0) }
        return ArrayValue(type: type, shape: [stored.count], bytes: bytes).tensor.elements
    }
}
