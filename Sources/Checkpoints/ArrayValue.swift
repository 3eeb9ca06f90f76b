public import Tensors

/// An array on its way into a file or a response: a tensor, or numbers of a type that tensors do not hold.
public struct ArrayValue: Sendable {
    /// Of the elements.
    public let type: ElementType
    /// Empty for a scalar.
    public let shape: [Int]
    private let contents: Contents

    private enum Contents {
        case pieces(RowPieces)
        case bytes([UInt8])
    }

    /// Float32.
    public init(_ tensor: Tensor) { self.init(RowPieces([tensor])) }

    /// Float32, in as many pieces as it was computed in.
    public init(_ pieces: RowPieces) {
        type = .float32
        shape = pieces.shape
        contents = .pieces(pieces)
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
        case .pieces(let pieces): pieces.count * 4
        case .bytes(let bytes): bytes.count
        }
    }

    /// The array as float32.
    public var tensor: Tensor {
        switch contents {
        case .pieces(let pieces): pieces.joined
        case .bytes(let bytes): Tensor(shape: shape) { ElementConversion.convert(bytes.span, type, to: &$0) }
        }
    }

    /// The elements, little-endian and row-major, copied.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        forEachRun { run in run.withUnsafeBufferPointer { bytes += $0 } }
        return bytes
    }

    /// Some of those bytes, copied.
    func bytes(in range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var start = 0
        forEachRun { run in
            let common = range.clamped(to: start..<(start + run.count))
            if !common.isEmpty {
                let part = run.extracting((common.lowerBound - start)..<(common.upperBound - start))
                part.withUnsafeBufferPointer { bytes += $0 }
            }
            start += run.count
        }
        return bytes
    }

    /// Lends the elements, little-endian and row-major, in the runs in which they lie in memory.
    func forEachRun<Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        switch contents {
        case .bytes(let bytes): try body(bytes.span)
        case .pieces(let pieces):
            for tensor in pieces.pieces {
                try tensor.withSpan { (elements: Span<Float>) throws(Failure) in
                    // The memory is the tensor's; the span over its bytes does not leave this call.
                    let bytes = elements.withUnsafeBytes { $0 }
                    try body(Span(_unsafeBytes: bytes))
                }
            }
        }
    }
}
