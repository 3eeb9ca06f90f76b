/// The names that a pickle may refer to: what saved tensors consist of. Each is a value of this enumeration and nothing
/// else; no name is ever looked up anywhere but in ``table``.
enum PickleGlobal: Hashable, Sendable {
    case rebuildTensor
    case rebuildTensorV2
    case rebuildTensorV3
    case rebuildParameter
    case rebuildParameterWithState
    /// `torch.FloatStorage` …: elements of that type.
    case storage(ElementType)
    /// Bytes, whose type the tensor tells.
    case untypedStorage
    /// `torch.float32` …
    case type(ElementType)
    case size
    case device
    case orderedDict
    case numpyScalar
    case numpyReconstruct
    case numpyArray
    case numpyType
    case encode
    /// A configuration class, read as a record of its fields.
    case record(String)

    /// By module and name, with a space between them as in the opcode GLOBAL.
    static let table: [String: PickleGlobal] = {
        var table: [String: PickleGlobal] = [
            "torch._utils _rebuild_tensor": .rebuildTensor,
            "torch._utils _rebuild_tensor_v2": .rebuildTensorV2,
            "torch._utils _rebuild_tensor_v3": .rebuildTensorV3,
            "torch._utils _rebuild_parameter": .rebuildParameter,
            "torch._utils _rebuild_parameter_with_state": .rebuildParameterWithState,
            "torch.storage UntypedStorage": .untypedStorage,
            "torch UntypedStorage": .untypedStorage,
            "torch Size": .size,
            "torch device": .device,
            "collections OrderedDict": .orderedDict,
            "numpy dtype": .numpyType,
            "numpy ndarray": .numpyArray,
            "_codecs encode": .encode,
            // Of the original library's sparse autoencoders, which are saved beside their configuration.
            "vit_prisma.sae.config VisionModelSAERunnerConfig": .record("VisionModelSAERunnerConfig"),
        ]
        // The second since numpy 2.
        for module in ["numpy.core.multiarray", "numpy._core.multiarray"] {
            table["\(module) scalar"] = .numpyScalar
            table["\(module) _reconstruct"] = .numpyReconstruct
        }
        for type in ElementType.allCases {
            table["torch \(type.torchName)"] = .type(type)
            if let name = type.torchStorageName { table["torch \(name)"] = .storage(type) }
        }
        return table
    }()

    /// Types of torch that hold no real numbers, or hold them by a scale of their own.
    private static let unread: Set = [
        "ComplexFloatStorage", "ComplexDoubleStorage", "QUInt8Storage", "QInt8Storage", "QInt32Storage",
        "QUInt4x2Storage", "QUInt2x4Storage", "complex32", "complex64", "complex128", "quint8", "qint8", "qint32",
        "quint4x2", "quint2x4",
    ]

    init(module: String, name: String) throws(PickleProblem) {
        if let global = PickleGlobal.table["\(module) \(name)"] {
            self = global
        } else if module == "torch", PickleGlobal.unread.contains(name) {
            throw .unreadNumbers("\(module).\(name)")
        } else {
            throw .refusedGlobal("\(module).\(name)")
        }
    }

    /// As Python calls it, for error messages.
    var name: String {
        let names = PickleGlobal.table.filter { $0.value == self }.keys
        return names.min()?.replacing(" ", with: ".", maxReplacements: 1) ?? "\(self)"
    }
}

extension ElementType {
    /// The class that holds elements of this type; `nil` for types that torch keeps in untyped storages.
    fileprivate var torchStorageName: String? {
        switch self {
        case .float64: "DoubleStorage"
        case .float32: "FloatStorage"
        case .float16: "HalfStorage"
        case .bfloat16: "BFloat16Storage"
        case .int64: "LongStorage"
        case .int32: "IntStorage"
        case .int16: "ShortStorage"
        case .int8: "CharStorage"
        case .uint8: "ByteStorage"
        case .bool: "BoolStorage"
        case .float8e4m3, .float8e5m2, .uint64, .uint32, .uint16: nil
        }
    }
}
