/// How a pickle says that a tensor is to be made: a view of a storage. Nothing in it has been held against the storage.
struct TorchTensorRecipe: Sendable, Equatable {
    /// As in the safetensors format; torch has the same limit.
    static let maximumRank = 64

    let storage: TorchStorage
    let type: ElementType
    /// In elements of ``type``.
    let offset: Int
    let shape: [Int]
    /// In elements; as many as ``shape`` should have.
    let strides: [Int]

    /// The arguments of `_rebuild_tensor(storage, offset, size, stride)`, of `…_v2(…, requires_grad, hooks[, metadata])`
    /// or of `…_v3(…, requires_grad, hooks, dtype[, metadata])`.
    init(_ global: PickleGlobal, _ arguments: PickleArguments) throws(PickleProblem) {
        switch global {
        case .rebuildTensor: try arguments.requireCount(4...4)
        case .rebuildTensorV2: try arguments.requireCount(6...7)
        default: try arguments.requireCount(7...8)
        }
        storage = try arguments.storage(0)
        offset = try arguments.integer(1)
        shape = try arguments.integers(2)
        strides = try arguments.integers(3)
        type = global == .rebuildTensorV3 ? try arguments.type(6) : storage.type
    }
}
