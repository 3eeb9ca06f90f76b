/// What a checkpoint says of one tensor.
public struct TensorEntry: Sendable, Equatable {
    public let name: String
    public let type: ElementType
    public let shape: [Int]

    public init(name: String, type: ElementType, shape: [Int]) {
        self.name = name
        self.type = type
        self.shape = shape
    }

    /// The number of elements; 1 for a scalar.
    public var count: Int { shape.reduce(1, *) }
    public var byteCount: Int { count * type.size }
}
