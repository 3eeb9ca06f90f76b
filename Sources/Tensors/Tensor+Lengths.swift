// The Euclidean length of rows, of which directions are made.

extension Tensor {
    /// The Euclidean length of each row of the last axis, at least 1e-12: [..., 1].
    public func lengthsOfRows() -> Tensor {
        let width = Swift.max(shape.last ?? 1, 1)
        return Tensor(shape: shape.dropLast() + [1]) { target in
            withSpan { source in
                for row in target.indices {
                    var sum = 0.0
                    for index in (row * width)..<((row + 1) * width) {
                        sum += Double(source[index]) * Double(source[index])
                    }
                    target[row] = Float(Swift.max(sum.squareRoot(), 1e-12))
                }
            }
        }
    }

    /// The rows of the last axis, each divided by its length.
    public func withUnitRows() -> Tensor { dividingRows(by: lengthsOfRows()) }
}
