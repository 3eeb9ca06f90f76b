/// Little-endian bytes of any ``ElementType`` as numbers. The bytes need no alignment; the loops over half types are
/// plain integer arithmetic, which the compiler turns into vectors.
enum ElementConversion {
    /// Writes one float32 for each element.
    /// - Precondition: `bytes` holds as many elements of `type` as `target` has room for.
    static func convert(_ bytes: Span<UInt8>, _ type: ElementType, to target: inout MutableSpan<Float>) {
        precondition(bytes.count == target.count * type.size, "\(bytes.count) bytes for \(target.count) of \(type)")
        bytes.withUnsafeBytes { source in
            target.withUnsafeMutableBufferPointer { convert(source, type, to: $0) }
        }
    }

    /// Calls `body` with each element in float64, in order.
    static func forEach(_ bytes: Span<UInt8>, _ type: ElementType, _ body: (Double) -> Void) {
        bytes.withUnsafeBytes { forEach($0, type, body) }
    }

    private static func convert(
        _ bytes: UnsafeRawBufferPointer, _ type: ElementType, to target: UnsafeMutableBufferPointer<Float>
    ) {
        switch type {
        case .float32: UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
        case .float64: map(bytes, to: target) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
        case .float16: map(bytes, to: target, half)
        case .bfloat16: map(bytes, to: target) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
        case .float8e4m3: map(bytes, to: target, e4m3)
        case .float8e5m2: map(bytes, to: target) { (bits: UInt8) in half(UInt16(bits) << 8) }
        case .int64: map(bytes, to: target) { (value: Int64) in Float(value) }
        case .int32: map(bytes, to: target) { (value: Int32) in Float(value) }
        case .int16: map(bytes, to: target) { (value: Int16) in Float(value) }
        case .int8: map(bytes, to: target) { (value: Int8) in Float(value) }
        case .uint64: map(bytes, to: target) { (value: UInt64) in Float(value) }
        case .uint32: map(bytes, to: target) { (value: UInt32) in Float(value) }
        case .uint16: map(bytes, to: target) { (value: UInt16) in Float(value) }
        case .uint8: map(bytes, to: target) { (value: UInt8) in Float(value) }
        case .bool: map(bytes, to: target) { (value: UInt8) in value == 0 ? 0 : 1 }
        }
    }

    @inline(__always)
    private static func forEach(_ bytes: UnsafeRawBufferPointer, _ type: ElementType, _ body: (Double) -> Void) {
        switch type {
        case .float64: each(bytes) { (bits: UInt64) in body(Double(bitPattern: bits)) }
        case .float32: each(bytes) { (bits: UInt32) in body(Double(Float(bitPattern: bits))) }
        case .float16: each(bytes) { (bits: UInt16) in body(Double(half(bits))) }
        case .bfloat16: each(bytes) { (bits: UInt16) in body(Double(Float(bitPattern: UInt32(bits) << 16))) }
        case .float8e4m3: each(bytes) { (bits: UInt8) in body(Double(e4m3(bits))) }
        case .float8e5m2: each(bytes) { (bits: UInt8) in body(Double(half(UInt16(bits) << 8))) }
        case .int64: each(bytes) { (value: Int64) in body(Double(value)) }
        case .int32: each(bytes) { (value: Int32) in body(Double(value)) }
        case .int16: each(bytes) { (value: Int16) in body(Double(value)) }
        case .int8: each(bytes) { (value: Int8) in body(Double(value)) }
        case .uint64: each(bytes) { (value: UInt64) in body(Double(value)) }
        case .uint32: each(bytes) { (value: UInt32) in body(Double(value)) }
        case .uint16: each(bytes) { (value: UInt16) in body(Double(value)) }
        case .uint8: each(bytes) { (value: UInt8) in body(Double(value)) }
        case .bool: each(bytes) { (value: UInt8) in body(value == 0 ? 0 : 1) }
        }
    }

    /// IEEE half precision. Exponent and fraction are shifted to their places in float32 and rescaled by the difference
    /// of the exponents' biases, which makes subnormals right too; infinities and NaNs get the largest exponent back.
    @inline(__always)
    static func half(_ bits: UInt16) -> Float {
        let magnitude = UInt32(bits & 0x7FFF)
        let finite = (Float(bitPattern: magnitude << 13) * 0x1p112).bitPattern
        let special: UInt32 = magnitude >= 0x7C00 ? 0x7F80_0000 : 0
        return Float(bitPattern: finite | special | UInt32(bits & 0x8000) << 16)
    }

    /// Eight bits: sign, 4 of exponent (bias 7), 3 of fraction; no infinities, NaN only where all seven are set.
    static func e4m3(_ bits: UInt8) -> Float {
        if bits & 0x7F == 0x7F { return .nan }
        let (exponent, fraction) = (Int(bits >> 3 & 15), Float(bits & 7) / 8)
        let magnitude =
            exponent == 0
            ? fraction * 0x1p-6 : (1 + fraction) * Float(sign: .plus, exponent: exponent - 7, significand: 1)
        return bits & 0x80 == 0 ? magnitude : -magnitude
    }

    @inline(__always)
    private static func map<Stored: BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableBufferPointer<Float>, _ convert: (Stored) -> Float
    ) {
        for index in target.indices {
            target[index] = convert(
                bytes.loadUnaligned(fromByteOffset: index &* MemoryLayout<Stored>.size, as: Stored.self))
        }
    }

    @inline(__always)
    private static func each<Stored: BitwiseCopyable>(_ bytes: UnsafeRawBufferPointer, _ body: (Stored) -> Void) {
        for offset in stride(from: 0, to: bytes.count, by: MemoryLayout<Stored>.size) {
            body(bytes.loadUnaligned(fromByteOffset: offset, as: Stored.self))
        }
    }
}
