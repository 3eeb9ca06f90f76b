internal import CVectorKernels

// Adjoints: given the gradient of one number by what an operation gave, the gradient by what it was given. Each stands for
// the operation of the same name in the forward pass.

extension Tensor {
    /// Of `activated`: gradient · activation′(x), elementwise.
    /// - Parameter x: what the activation was of.
    public static func activationAdjoint(
        _ activation: Activation, of x: Tensor, _ gradient: Tensor, on crew: Crew = .solo
    ) -> Tensor {
        precondition(x.shape == gradient.shape, "\(gradient.shape) is no gradient by \(x.shape)")
        let (x, gradient) = (x.contiguous(), gradient.contiguous())
        let result = Tensor(uninitialized: x.shape)
        let pointers = UncheckedBox((x: x.pointer, g: gradient.pointer, y: result.pointer))
        crew.split(x.count, atLeast: 16_384) { range in
            let (p, start) = (pointers.value, range.lowerBound)
            Kernels.current.functions.activate_adjoint(
                activation.code, p.x + start, p.g + start, p.y + start, range.count)
        }
        withExtendedLifetime((x, gradient)) {}
        return result
    }

    /// Of `softmax` over the last axis: p · (gradient − Σ p · gradient) for each row.
    /// - Parameter pattern: p, what the softmax gave.
    public static func softmaxAdjoint(_ pattern: Tensor, _ gradient: Tensor, on crew: Crew = .solo) -> Tensor {
        precondition(pattern.shape == gradient.shape, "\(gradient.shape) is no gradient by \(pattern.shape)")
        let width = pattern.shape.last ?? 1
        let (pattern, gradient) = (pattern.contiguous(), gradient.contiguous())
        let result = Tensor(uninitialized: pattern.shape)
        let pointers = UncheckedBox((p: pattern.pointer, g: gradient.pointer, y: result.pointer))
        crew.split(width == 0 ? 0 : pattern.count / width, atLeast: 64) { rows in
            let (p, start) = (pointers.value, rows.lowerBound * width)
            Kernels.current.functions.softmax_adjoint(p.p + start, p.g + start, p.y + start, rows.count, width)
        }
        withExtendedLifetime((pattern, gradient)) {}
        return result
    }

    /// Of the division of each row of the last axis by its length: (gradient − y (y · gradient)) / length.
    /// - Parameter x: the rows before; their lengths are at least 1e-12.
    public static func unitRowsAdjoint(of x: Tensor, _ gradient: Tensor) -> Tensor {
        precondition(x.shape == gradient.shape, "\(gradient.shape) is no gradient by \(x.shape)")
        let width = Swift.max(x.shape.last ?? 1, 1)
        let (units, lengths) = (x.withUnitRows().elements, x.lengthsOfRows().elements)
        return Tensor(shape: x.shape) { target in
            gradient.withSpan { gradient in
                for start in stride(from: 0, to: target.count, by: width) {
                    var along = 0.0
                    for index in start..<(start + width) { along += Double(units[index]) * Double(gradient[index]) }
                    for index in start..<(start + width) {
                        target[index] = (gradient[index] - Float(along) * units[index]) / lengths[start / width]
                    }
                }
            }
        }
    }

    /// The sum over one axis, which goes.
    public func summed(over axis: Int) -> Tensor {
        let (extent, inner) = (shape[axis], shape[(axis + 1)...].reduce(1, *))
        var shape = shape
        shape.remove(at: axis)
        var result = Tensor(repeating: 0, shape: shape)
        let source = contiguous()
        result.makeUnique()
        for outer in 0..<(inner == 0 ? 0 : result.count / inner) {
            let target = result.pointer + outer * inner
            for step in 0..<extent {
                Kernels.current.functions.add(target, source.pointer + (outer * extent + step) * inner, target, inner)
            }
        }
        withExtendedLifetime(source) {}
        return result
    }
}
