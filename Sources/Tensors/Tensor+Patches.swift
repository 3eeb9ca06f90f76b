extension Tensor {
    /// Cuts pictures into patches, in row-major order of patches, each flattened as a convolution's weight is:
    /// [batch, channel, height, width] → [batch, (height / p)·(width / q), channel · p · q].
    /// What does not fill a patch at the right and lower edge is left out, as a convolution with stride = kernel does.
    public func patches(_ p: Int, _ q: Int) -> Tensor {
        precondition(rank == 4 && p > 0 && q > 0, "[batch, channel, height, width] expected, not \(shape)")
        let (batch, channels, height, width) = (shape[0], shape[1], shape[2], shape[3])
        let (rows, columns) = (height / p, width / q)
        let source = contiguous()
        let result = Tensor(uninitialized: [batch, rows * columns, channels * p * q])
        var target = result.pointer
        for picture in 0..<batch {
            for row in 0..<rows {
                for column in 0..<columns {
                    for channel in 0..<channels {
                        for line in 0..<p {
                            let start = ((picture * channels + channel) * height + row * p + line) * width + column * q
                            target.update(from: source.pointer + start, count: q)
                            target += q
                        }
                    }
                }
            }
        }
        withExtendedLifetime(source) {}
        return result
    }

    /// The adjoint of ``patches(_:_:)``: each patch's numbers go back to their pixels; what filled no patch gets zero.
    /// - Parameter shape: of the pictures, [batch, channel, height, width].
    public func unpatched(_ p: Int, _ q: Int, to shape: [Int]) -> Tensor {
        precondition(shape.count == 4 && p > 0 && q > 0, "[batch, channel, height, width] expected, not \(shape)")
        let (batch, channels, height, width) = (shape[0], shape[1], shape[2], shape[3])
        let (rows, columns) = (height / p, width / q)
        precondition(
            self.shape == [batch, rows * columns, channels * p * q], "\(self.shape) are no patches of \(shape)")
        let source = contiguous()
        let result = Tensor(repeating: 0, shape: shape)
        var patch = source.pointer
        for picture in 0..<batch {
            for row in 0..<rows {
                for column in 0..<columns {
                    for channel in 0..<channels {
                        for line in 0..<p {
                            let start = ((picture * channels + channel) * height + row * p + line) * width + column * q
                            (result.pointer + start).update(from: patch, count: q)
                            patch += q
                        }
                    }
                }
            }
        }
        withExtendedLifetime(source) {}
        return result
    }
}
