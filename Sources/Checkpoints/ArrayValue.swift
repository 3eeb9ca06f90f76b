public import Tensors

/// An array on its way into a file or a response: a tensor, or numbers of a type that tensors do not hold.
public struct ArrayValue: Sendable {
    /// Of the elements.
    public let type: ElementType
    /// Empty for a scalar.
    public let shape: [Int]
    private let contents: Contents

    private enum Contents {
        case tensor(Tensor)
        case bytes([UInt8])
    }

    /// Float32.
    public init(_ tensor: Tensor) {
        type = .float32
        shape = tensor.shape
        contents = .tensor(tensor)
    }

    /// Int64: indices, ranks, labels.
    /// - Precondition: `elements` fill `shape`.
    public init(_ elements: [Int64], shape: [Int]) {
        let bytes = elements.withUnsafeBytes { [UInt8]($0) }
        self.init(type: .int64, shape: shape, bytes: bytes)
    }

    /// Little-endian bytes of any type, row-major.
    /// - Precondition: `bytes` fill `shape`.
    public init(type: ElementType, shape: [Int], bytes: [UInt8]) {
        precondition(
            type.byteCount(shape: shape) == bytes.count, "\(bytes.count) bytes do not fill \(shape) of \(type)")
        self.type = type
        self.shape = shape
        contents = .bytes(bytes)
    }

    /// What the elements take in a file.
    public var byteCount: Int {
        switch contents {
        case .tensor(let tensor): tensor.count * 4
        case .bytes(let bytes): bytes.count
        }
    }

    /// The array as float32.
    public var tensor: Tensor {
        switch contents {
        case .tensor(let tensor): tensor
        case .bytes(let bytes): Tensor(shape: shape) { ElementConversion.convert(bytes.span, type, to: &$0) }
        }
    }

    /// The elements, little-endian and row-major, copied.
    public var bytes: [UInt8] {
        withBytes { [UInt8](copying: $0) }
    }

    /// Lends the elements, little-endian and row-major.
    public func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch contents {
        case .bytes(let bytes): try body(bytes.span)
        case .tensor(let tensor):
            try tensor.withSpan { (elements: Span<Float>) throws(Failure) in
                // The memory is the tensor's; the span over its bytes does not leave this call.
                let bytes = elements.withUnsafeBytes { $0 }
                return try body(Span(_unsafeBytes: bytes))
            }
        }
    }

    /// Hands the elements on in pieces of at most `size` bytes.
    func forEachPiece<Failure: Error>(
        of size: Int, _ sink: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        try withBytes { (bytes: Span<UInt8>) throws(Failure) in
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + size)
                try sink(bytes.extracting(start..<end))
                start = end
            }
        }
    }
}
