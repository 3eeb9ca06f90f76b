/// A row-major array of float32 with any number of axes.
///
/// A value: copies share their storage until one of them is written. Slices along the first axis and
/// permuted axes are views of the same storage; the elements leave only as spans, and pointers stay inside this
/// module (``Storage``, `BLAS`, `Kernels`).
public struct Tensor: Sendable {
    /// How the elements lie in memory.
    public let layout: Layout
    var storage: Storage

    init(storage: Storage, layout: Layout) {
        self.storage = storage
        self.layout = layout
    }

    /// Contents undefined: for a callee that writes every element.
    init(uninitialized shape: [Int]) {
        let layout = Layout(contiguous: shape)
        self.init(storage: Storage(uninitialized: layout.count), layout: layout)
    }

    /// - Precondition: `elements.count` is the product of `shape`.
    public init(shape: [Int], elements: [Float]) {
        self.init(shape: shape) { target in
            precondition(elements.count == target.count, "\(elements.count) elements do not fill \(shape)")
            for index in target.indices { target[index] = elements[index] }
        }
    }

    /// Fills a new tensor in place; `initialize` gets its elements in row-major order, contents undefined, and
    /// writes every one.
    public init<Failure: Error>(
        shape: [Int], initializedBy initialize: (inout MutableSpan<Float>) throws(Failure) -> Void
    ) throws(Failure) {
        let layout = Layout(contiguous: shape)
        let storage = Storage(uninitialized: layout.count)
        try storage.withMutableSpan(from: 0, count: layout.count, initialize)
        self.init(storage: storage, layout: layout)
    }

    /// Every element `value`.
    public init(repeating value: Float, shape: [Int]) {
        self.init(uninitialized: shape)
        storage.pointer.update(repeating: value, count: storage.count)
    }

    /// The extent of each axis.
    public var shape: [Int] { layout.shape }
    /// The number of axes.
    public var rank: Int { layout.shape.count }
    /// The number of elements.
    public var count: Int { layout.count }

    /// Reads the elements in row-major order; a view with gaps is copied first.
    public func withSpan<Result, Failure: Error>(
        _ body: (Span<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let source = contiguous()
        defer { withExtendedLifetime(source) {} }
        let span = Span(_unsafeStart: UnsafePointer(source.pointer), count: source.count)
        return try body(span)
    }

    /// Writes the elements in row-major order, after making this tensor the only owner of them.
    public mutating func withMutableSpan<Result, Failure: Error>(
        _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        makeUnique()
        return try storage.withMutableSpan(from: layout.offset, count: count, body)
    }

    /// The elements, in row-major order.
    public var elements: [Float] {
        withSpan { span in
            [Float](unsafeUninitializedCapacity: span.count) { buffer, initialized in
                for index in span.indices { buffer.initializeElement(at: index, to: span[index]) }
                initialized = span.count
            }
        }
    }

    /// The element at `index`, one number an axis.
    public subscript(index: Int...) -> Float {
        precondition(index.count == rank, "\(index.count) indices for a tensor of shape \(shape)")
        var position = layout.offset
        for axis in index.indices {
            precondition(
                shape.indices.contains(axis) && index[axis] >= 0 && index[axis] < shape[axis],
                "\(index) is outside \(shape)")
            position += index[axis] * layout.strides[axis]
        }
        return storage.pointer[position]
    }

    /// The first element. Valid while a reference to the storage is held.
    var pointer: UnsafeMutablePointer<Float> { storage.pointer + layout.offset }
}
