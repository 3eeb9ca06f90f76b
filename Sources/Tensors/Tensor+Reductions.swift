extension Tensor {
    /// The mean over some axes, which keep an extent of one. Summed in float64.
    public func mean(over axes: Set<Int>) -> Tensor {
        precondition(axes.allSatisfy { shape.indices.contains($0) }, "axes \(axes.sorted()) of \(shape)")
        let reduced = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
        var sums = [Double](repeating: 0, count: reduced.reduce(1, *))
        // How far an index of the source moves the place of its sum.
        let steps = zip(Layout.contiguousStrides(of: reduced), shape.indices).map { axes.contains($1) ? 0 : $0 }
        withSpan { source in
            var index = [Int](repeating: 0, count: rank)
            var place = 0
            for position in source.indices {
                sums[place] += Double(source[position])
                var axis = rank - 1
                while axis >= 0 {
                    index[axis] += 1
                    place += steps[axis]
                    if index[axis] < shape[axis] { break }
                    place -= steps[axis] * shape[axis]
                    index[axis] = 0
                    axis -= 1
                }
            }
        }
        let count = Double(axes.reduce(1) { $0 * shape[$1] })
        return Tensor(shape: reduced, elements: sums.map { Float($0 / count) })
    }

    /// Axes of length one repeated to the extents of `target`; `nil` where the shapes do not fit so.
    public func repeated(to target: [Int]) -> Tensor? {
        guard rank == target.count, zip(shape, target).allSatisfy({ $0 == $1 || $0 == 1 }) else { return nil }
        var result = self
        for axis in target.indices.reversed() where shape[axis] != target[axis] {
            result = result.gathered(axis: axis, Array(repeating: 0, count: target[axis]))
        }
        return result.contiguous()
    }
}
