internal import Tensors

extension Rewrite {
    /// Turns the gradient by what the rewrite left into the gradient by what it found: what was replaced counts no longer,
    /// what was read elsewhere counts there.
    /// - Parameters:
    ///   - gradient: [row, ...]; the rows are all of one request.
    ///   - firstInput: which of its inputs the first of them is.
    func applyAdjoint(to gradient: inout Tensor, firstInput: Int) {
        let count = gradient.shape[0]
        let chosen = chosen(of: 0..<count, firstInput: firstInput)
        guard !chosen.isEmpty else { return }
        switch action {
        // Neither the sum of something that is held, nor a projection, needs more than the same operation again.
        case .add(.values): break
        case .projectOut, .multiply: apply(to: &gradient, rows: 0..<count, firstInput: firstInput)
        case .set(.mean(false, let axis)), .add(.mean(false, let axis)):
            for (row, _) in chosen {
                let sum = regionSum(gradient, of: [row])
                if case .set = action { update(&gradient, row) { _, _ in 0 } }
                add(mean(sum, of: 1, like: gradient, over: axis), to: row, &gradient)
            }
        case .set(let source):
            let sum = regionSum(gradient, of: chosen.map(\.row))
            for (row, _) in chosen { update(&gradient, row) { _, _ in 0 } }
            give(sum, to: source, &gradient)
        case .add(let source): give(regionSum(gradient, of: chosen.map(\.row)), to: source, &gradient)
        }
    }

    /// The region's elements, summed over rows.
    private func regionSum(_ gradient: Tensor, of rows: [Int]) -> [Float] {
        gradient.withSpan { span in
            rows.reduce(into: [Float](repeating: 0, count: region.count)) { sum, row in
                for (index, value) in region.read(span, from: row * region.stride).enumerated() { sum[index] += value }
            }
        }
    }

    /// Adds the gradient by a value to what the value was read from.
    private func give(_ sum: [Float], to source: Source, _ gradient: inout Tensor) {
        switch source {
        case .values: break
        case .input(let input): update(&gradient, input) { $0 + sum[$1] }
        case .mean(_, let axis):
            let each = mean(sum, of: gradient.shape[0], like: gradient, over: axis)
            for row in 0..<gradient.shape[0] { add(each, to: row, &gradient) }
        }
    }

    private func add(_ share: Tensor, to row: Int, _ gradient: inout Tensor) {
        let elements = share.elements
        gradient.withMutableSpan { span in
            for (index, value) in elements.enumerated() { span[row * region.stride + index] += value }
        }
    }

    /// The gradient of a mean over some rows by one of them, [1, ...].
    private func mean(_ sum: [Float], of rows: Int, like gradient: Tensor, over axis: Int?) -> Tensor {
        let shape = [1] + gradient.shape.dropFirst()
        var row = Tensor(repeating: 0, shape: shape)
        update(&row, 0) { sum[$1] / Float(rows) }
        guard let axis else { return row }
        let extent = shape[axis]
        let mean = row.summed(over: axis).reshaped(shape.enumerated().map { $0 == axis ? 1 : $1 })
        let share = mean.scaled(by: 1 / Float(extent))
        return Tensor.concatenated(Array(repeating: share, count: extent), axis: axis)
    }

    /// Replaces each element of the region in one row; `change` gets it and its place in the region.
    private func update(_ activation: inout Tensor, _ row: Int, _ change: (Float, Int) -> Float) {
        activation.withMutableSpan { span in
            var place = 0
            for run in region.runs {
                let start = row * region.stride + run.start
                for index in start..<(start + run.length) {
                    span[index] = change(span[index], place)
                    place += 1
                }
            }
        }
    }
}
