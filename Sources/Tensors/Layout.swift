/// How the elements of a tensor lie in its storage: element `[i, j, …]` is at
/// `offset + i·strides[0] + j·strides[1] + …`, counted in elements.
public struct Layout: Sendable, Equatable {
    /// The extent of each axis.
    public let shape: [Int]
    /// The distance between neighbours along each axis.
    public let strides: [Int]
    /// The place of the first element.
    public let offset: Int

    /// - Precondition: as many strides as extents.
    public init(shape: [Int], strides: [Int], offset: Int = 0) {
        precondition(shape.count == strides.count, "shape \(shape) and strides \(strides) differ in rank")
        self.shape = shape
        self.strides = strides
        self.offset = offset
    }

    /// Row-major, without gaps.
    public init(contiguous shape: [Int], offset: Int = 0) {
        self.init(shape: shape, strides: Layout.contiguousStrides(of: shape), offset: offset)
    }

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// Whether the elements lie in row-major order without gaps.
    public var isContiguous: Bool {
        var expected = 1
        for (extent, stride) in zip(shape, strides).reversed() {
            if extent != 1 && stride != expected { return false }
            expected *= extent
        }
        return true
    }

    static func contiguousStrides(of shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return strides
    }
}
