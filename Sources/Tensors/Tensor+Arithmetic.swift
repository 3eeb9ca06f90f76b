internal import CVectorKernels

extension Tensor {
    /// activation(x), elementwise.
    public func activated(_ activation: Activation, on crew: Crew = .solo) -> Tensor {
        let source = contiguous()
        let result = Tensor(uninitialized: shape)
        let pointers = UncheckedBox((x: source.pointer, y: result.pointer))
        crew.split(count, atLeast: 16_384) { range in
            Kernels.current.functions.activate(
                activation.code, pointers.value.x + range.lowerBound, pointers.value.y + range.lowerBound, range.count)
        }
        withExtendedLifetime(source) {}
        return result
    }

    /// x + y, elementwise. - Precondition: equal shapes.
    public static func + (x: Tensor, y: Tensor) -> Tensor {
        x.combined(with: y, Kernels.current.functions.add)
    }

    /// x − y, elementwise. - Precondition: equal shapes.
    public static func - (x: Tensor, y: Tensor) -> Tensor {
        precondition(x.shape == y.shape, "\(x.shape) and \(y.shape) differ")
        return Tensor(shape: x.shape) { target in
            x.withSpan { x in y.withSpan { y in for index in target.indices { target[index] = x[index] - y[index] } } }
        }
    }

    /// x · y, elementwise. - Precondition: equal shapes.
    public static func * (x: Tensor, y: Tensor) -> Tensor {
        x.combined(with: y, Kernels.current.functions.multiply)
    }

    /// Adds in place where this tensor is the one owner of its elements.
    public static func += (x: inout Tensor, y: Tensor) {
        guard x.isUniqueAndContiguous(), x.shape == y.shape else {
            x = x + y
            return
        }
        let other = y.contiguous()
        Kernels.current.functions.add(x.pointer, other.pointer, x.pointer, x.count)
        withExtendedLifetime(other) {}
    }

    /// Each row of the last axes plus `row`: x [..., S] + row [S], where S stands for the axes of `row`.
    public func adding(toEach row: Tensor) -> Tensor { broadcast(row, Kernels.current.functions.add) }

    /// Each row of the last axes times `row`, elementwise.
    public func multiplying(each row: Tensor) -> Tensor { broadcast(row, Kernels.current.functions.multiply) }

    private typealias Elementwise = (
        UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int
    ) -> Void

    private func combined(with other: Tensor, _ operation: Elementwise?) -> Tensor {
        precondition(shape == other.shape, "\(shape) and \(other.shape) differ")
        let (a, b) = (contiguous(), other.contiguous())
        let result = Tensor(uninitialized: shape)
        operation?(a.pointer, b.pointer, result.pointer, count)
        withExtendedLifetime((a, b)) {}
        return result
    }

    private func broadcast(_ row: Tensor, _ operation: Elementwise?) -> Tensor {
        precondition(shape.suffix(row.rank) == row.shape[...], "rows of \(shape) are not \(row.shape)")
        let (a, b) = (contiguous(), row.contiguous())
        let result = Tensor(uninitialized: shape)
        for start in stride(from: 0, to: count, by: max(row.count, 1)) {
            operation?(a.pointer + start, b.pointer, result.pointer + start, row.count)
        }
        withExtendedLifetime((a, b)) {}
        return result
    }

    /// Whether the elements may be written where they lie.
    mutating func isUniqueAndContiguous() -> Bool { layout.isContiguous && isKnownUniquelyReferenced(&storage) }

    /// Rows of the last axis with one common distance between them: `(tensor, distance in elements)`. A slice such as the
    /// class token of each picture, [batch, 1, d], is taken where it lies; what has no such distance is copied.
    func rowsInMemory() -> (Tensor, Int) {
        let width = shape.last ?? 1
        guard rank > 0, width == 1 || layout.strides[rank - 1] == 1 else { return (contiguous(), width) }
        let outer = (0..<(rank - 1)).filter { shape[$0] != 1 }
        guard let innermost = outer.last else { return (self, width) }
        var expected = layout.strides[innermost]
        for axis in outer.reversed() {
            if layout.strides[axis] != expected { return (contiguous(), width) }
            expected *= shape[axis]
        }
        return (self, layout.strides[innermost])
    }
}
