extension Tensor {
    /// The same elements in another shape. Copies only when the elements do not lie without gaps.
    /// - Precondition: both shapes hold the same number of elements.
    public func reshaped(_ shape: [Int]) -> Tensor {
        precondition(shape.reduce(1, *) == count, "\(self.shape) cannot become \(shape)")
        let source = contiguous()
        return Tensor(storage: source.storage, layout: Layout(contiguous: shape, offset: source.layout.offset))
    }

    /// Rows `range` of the first axis, as a view.
    public func rows(_ range: Range<Int>) -> Tensor {
        precondition(rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0], "rows \(range) of \(shape)")
        return slice(axis: 0, range)
    }

    /// One row of the first axis, without that axis; a view where its elements lie without gaps.
    public func row(_ index: Int) -> Tensor { rows(index..<(index + 1)).squeezed() }

    /// The same elements with a first axis of one in front.
    public func unsqueezed() -> Tensor { reshaped([1] + shape) }

    /// The same elements without the first axis. - Precondition: it is one.
    public func squeezed() -> Tensor { reshaped(Array(shape.dropFirst())) }

    /// A contiguous range along one axis, as a view.
    public func slice(axis: Int, _ range: Range<Int>) -> Tensor {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= shape[axis], "\(range) along axis \(axis) of \(shape)")
        var extents = shape
        extents[axis] = range.count
        let offset = layout.offset + range.lowerBound * layout.strides[axis]
        return Tensor(storage: storage, layout: Layout(shape: extents, strides: layout.strides, offset: offset))
    }

    /// The axes in another order, as a view: axis `i` of the result is axis `order[i]` of this.
    public func permuted(_ order: [Int]) -> Tensor {
        precondition(order.sorted() == Array(0..<rank), "\(order) is no permutation of the axes of \(shape)")
        let layout = Layout(
            shape: order.map { shape[$0] }, strides: order.map { self.layout.strides[$0] }, offset: self.layout.offset)
        return Tensor(storage: storage, layout: layout)
    }

    /// Chosen indices along one axis, copied in the order given.
    public func gathered(axis: Int, _ indices: [Int]) -> Tensor {
        Tensor.concatenated(indices.map { slice(axis: axis, $0..<($0 + 1)) }, axis: axis, like: self)
    }

    /// A tensor without gaps and with the same elements; this one where it already is so.
    public func contiguous() -> Tensor {
        layout.isContiguous ? self : copied()
    }

    /// Pieces joined along one axis. - Precondition: at least one; all other extents agree.
    public static func concatenated(_ pieces: [Tensor], axis: Int = 0) -> Tensor {
        precondition(!pieces.isEmpty, "nothing to join")
        return concatenated(pieces, axis: axis, like: pieces[0])
    }

    private static func concatenated(_ pieces: [Tensor], axis: Int, like model: Tensor) -> Tensor {
        var shape = model.shape
        shape[axis] = pieces.reduce(0) { $0 + $1.shape[axis] }
        let joined = Tensor(uninitialized: shape)
        let outer = shape[..<axis].reduce(1, *)
        let inner = shape[(axis + 1)...].reduce(1, *)
        var start = 0
        for piece in pieces {
            let run = piece.shape[axis] * inner
            let source = piece.contiguous()
            for row in 0..<outer {
                (joined.pointer + row * shape[axis] * inner + start)
                    .update(from: source.pointer + row * run, count: run)
            }
            start += run
        }
        return joined
    }

    /// Makes this tensor contiguous and the one owner of its storage.
    mutating func makeUnique() {
        if layout.isContiguous && isKnownUniquelyReferenced(&storage) { return }
        self = copied()
    }

    /// Writes the elements in row-major order to `target`, which has room for `count` of them.
    func copyElements(to target: UnsafeMutablePointer<Float>) {
        if layout.isContiguous {
            target.update(from: pointer, count: count)
            return
        }
        // The innermost axes that lie without gaps are moved as one run.
        var run = 1
        var axis = rank
        while axis > 0, shape[axis - 1] == 1 || layout.strides[axis - 1] == run {
            run *= shape[axis - 1]
            axis -= 1
        }
        var index = [Int](repeating: 0, count: axis)
        var source = pointer
        var written = 0
        while written < count {
            (target + written).update(from: source, count: run)
            written += run
            var moved = axis - 1
            while moved >= 0 {
                index[moved] += 1
                source += layout.strides[moved]
                if index[moved] < shape[moved] { break }
                source -= layout.strides[moved] * shape[moved]
                index[moved] = 0
                moved -= 1
            }
        }
    }
}

extension Tensor {
    /// A tensor that holds no more memory than its own elements: a copy of what is a view of something larger.
    public func compacted() -> Tensor {
        layout.isContiguous && storage.count == count ? self : copied()
    }

    /// The same elements in memory of their own.
    public func copied() -> Tensor {
        let copy = Tensor(uninitialized: shape)
        copyElements(to: copy.pointer)
        return copy
    }
}
