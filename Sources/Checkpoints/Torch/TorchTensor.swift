/// A tensor of a PyTorch file that lies in the bytes of its storage: every number checked.
struct TorchTensor: Sendable {
    let entry: TensorEntry
    /// The storage's key.
    let key: String
    /// Where the first element begins, in bytes of the storage.
    let start: Int
    /// In elements; 0 along axes of one element, whose stride may be any number.
    let strides: [Int]
    /// Whether the elements follow one another in row-major order.
    let isContiguous: Bool

    /// - Parameters:
    ///   - available: how many bytes the storage has.
    ///   - file: what error messages call the file.
    init(name: String, _ recipe: TorchTensorRecipe, available: Int, file: String) throws(CheckpointError) {
        let (shape, strides) = (recipe.shape, recipe.strides)
        func malformed(_ problem: String) -> CheckpointError {
            CheckpointError(file, .malformedEntry(tensor: name, problem: problem))
        }
        if let extent = shape.first(where: { $0 < 0 }) { throw malformed("has the negative size \(extent)") }
        if let stride = strides.first(where: { $0 < 0 }) { throw malformed("has the negative stride \(stride)") }
        if recipe.offset < 0 { throw malformed("begins at the negative offset \(recipe.offset)") }
        if shape.count != strides.count { throw malformed("has \(shape.count) sizes and \(strides.count) strides") }
        guard recipe.type.byteCount(shape: shape) != nil else {
            throw CheckpointError(file, .sizeOverflow(tensor: name, shape: shape))
        }
        let (declared, overflow) = recipe.storage.count.multipliedReportingOverflow(by: recipe.storage.type.size)
        if overflow || declared != available {
            throw malformed(
                "is in a storage of \(recipe.storage.count) elements of \(recipe.storage.type.size) bytes, "
                    + "but \(available) bytes are there")
        }
        entry = TensorEntry(name: name, type: recipe.type, shape: shape)
        key = recipe.storage.key
        self.strides = zip(shape, strides).map { $0 == 1 ? 0 : $1 }
        isContiguous = TorchTensor.isContiguous(shape, strides)
        // The view lies inside the storage, so this product is smaller than `declared`.
        let viewStart = recipe.storage.view.lowerBound * recipe.storage.type.size
        let elements = recipe.storage.view.count * recipe.storage.type.size / recipe.type.size
        guard entry.count > 0 else {
            start = 0
            return
        }
        guard let last = TorchTensor.lastElement(recipe), last < elements else {
            throw malformed("of shape \(shape) reaches past the \(elements) elements of its storage")
        }
        start = viewStart + recipe.offset * recipe.type.size
    }

    /// Where the last element lies, in elements of the storage; `nil` where that is beyond any memory.
    private static func lastElement(_ recipe: TorchTensorRecipe) -> Int? {
        var last = recipe.offset
        for (extent, stride) in zip(recipe.shape, recipe.strides) {
            let (step, tooFar) = (extent - 1).multipliedReportingOverflow(by: stride)
            let (sum, overflow) = last.addingReportingOverflow(step)
            if tooFar || overflow { return nil }
            last = sum
        }
        return last
    }

    /// The stride of an axis of one element does not matter, nor does any where there are no elements.
    private static func isContiguous(_ shape: [Int], _ strides: [Int]) -> Bool {
        if shape.contains(0) { return true }
        var expected = 1
        for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
            if stride != expected { return false }
            expected *= extent
        }
        return true
    }
}
