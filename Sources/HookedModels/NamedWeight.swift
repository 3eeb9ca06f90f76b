public import Tensors

/// One of a model's parameters under the field's name. Its elements are put together when they are asked for: most
/// matrices lie packed for the kernels.
public struct NamedWeight: Sendable {
    /// As in ViT-Prisma's state dictionary, for example `blocks.3.attn.W_Q`.
    public let name: String
    /// As there: matrices multiply rows from the right.
    public let shape: [Int]
    private let make: @Sendable () -> Tensor

    init(_ name: String, _ shape: [Int], _ make: @escaping @Sendable () -> Tensor) {
        self.name = name
        self.shape = shape
        self.make = make
    }

    /// What the elements take as float32.
    public var byteCount: Int { shape.reduce(4, *) }

    /// The elements, exactly as the checkpoint has them (half types widened to float32). A copy.
    public func tensor() -> Tensor {
        let tensor = make()
        precondition(tensor.shape == shape, "\(name) is \(tensor.shape), not \(shape)")
        return tensor
    }
}
