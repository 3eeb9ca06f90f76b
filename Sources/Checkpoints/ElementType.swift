/// The type of a stored tensor's elements; the raw value is its name in a safetensors header.
public enum ElementType: String, Sendable, CaseIterable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case float8e4m3 = "F8_E4M3"
    case float8e5m2 = "F8_E5M2"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case int8 = "I8"
    case uint64 = "U64"
    case uint32 = "U32"
    case uint16 = "U16"
    case uint8 = "U8"
    case bool = "BOOL"

    /// Bytes an element.
    public var size: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float8e4m3, .float8e5m2, .int8, .uint8, .bool: 1
        }
    }

    /// As PyTorch calls it: `float32`, `bfloat16`, `float8_e4m3fn` …
    public var torchName: String {
        switch self {
        case .float8e4m3: "float8_e4m3fn"
        case .float8e5m2: "float8_e5m2"
        default: String(describing: self)
        }
    }

    /// As numpy's `.npy` header calls it; `nil` for types that numpy lacks.
    public var numpyName: String? {
        switch self {
        case .float64: "<f8"
        case .float32: "<f4"
        case .float16: "<f2"
        case .int64: "<i8"
        case .int32: "<i4"
        case .int16: "<i2"
        case .int8: "|i1"
        case .uint64: "<u8"
        case .uint32: "<u4"
        case .uint16: "<u2"
        case .uint8: "|u1"
        case .bool: "|b1"
        case .bfloat16, .float8e4m3, .float8e5m2: nil
        }
    }

    init?(numpyName: String) {
        guard let match = ElementType.allCases.first(where: { $0.numpyName == numpyName }) else { return nil }
        self = match
    }

    /// The bytes that elements of this type and shape take; `nil` where the product overflows.
    func byteCount(shape: [Int]) -> Int? {
        var bytes = size
        for extent in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
            if overflow || extent < 0 { return nil }
            bytes = product
        }
        return bytes
    }
}
