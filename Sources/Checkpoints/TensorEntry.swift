/// What a checkpoint says of one tensor.
public struct TensorEntry: Sendable, Equatable {
    /// Its full name, with dots.
    public let name: String
    /// Of its elements.
    public let type: ElementType
    /// Empty for a scalar.
    public let shape: [Int]

    /// A tensor of that name, type and shape.
    public init(name: String, type: ElementType, shape: [Int]) {
        self.name = name
        self.type = type
        self.shape = shape
    }

    /// The number of elements; 1 for a scalar.
    public var count: Int { shape.reduce(1, *) }
    /// What its elements take in the file.
    public var byteCount: Int { count * type.size }
}
