internal import CVectorKernels

extension Tensor {
    /// Layer norm over the last axis: (x − mean) / √(mean((x − mean)²) + eps) · weight + bias (Ba et al. 2016,
    /// arXiv:1607.06450, with the biased variance).
    /// - Parameters:
    ///   - weight: [d], or `nil` for 1; then `bias` is `nil` too.
    ///   - bias: [d].
    /// - Returns: the shape of x, without gaps.
    public func layerNormalized(weight: Tensor?, bias: Tensor?, eps: Float, on crew: Crew = .solo) -> Tensor {
        normalized(weight: weight, bias: bias, eps: eps, withScale: false, on: crew).0
    }

    /// As ``layerNormalized(weight:bias:eps:on:)``, with the scale it divided by.
    /// - Returns: the normalised rows, and √(mean((x − mean)²) + eps) as [..., 1].
    public func layerNormalizedWithScale(
        weight: Tensor?, bias: Tensor?, eps: Float, on crew: Crew = .solo
    ) -> (normalized: Tensor, scale: Tensor) {
        let (rows, scale) = normalized(weight: weight, bias: bias, eps: eps, withScale: true, on: crew)
        return (rows, scale ?? rows)
    }

    private func normalized(
        weight: Tensor?, bias: Tensor?, eps: Float, withScale: Bool, on crew: Crew
    ) -> (Tensor, Tensor?) {
        let width = shape.last ?? 1
        precondition(rank > 0 && (weight == nil) == (bias == nil), "layer norm needs both weight and bias, or neither")
        precondition(weight.map { $0.count == width } ?? true && bias.map { $0.count == width } ?? true)
        let (source, sourceStride) = rowsInMemory()
        let (weight, bias) = (weight?.contiguous(), bias?.contiguous())
        let result = Tensor(uninitialized: shape)
        let scale = withScale ? Tensor(uninitialized: shape.dropLast() + [1]) : nil
        let pointers = UncheckedBox(
            (x: source.pointer, y: result.pointer, s: scale?.pointer, w: weight?.pointer, b: bias?.pointer))
        crew.split(width == 0 ? 0 : count / width, atLeast: 8) { rows in
            let p = pointers.value
            Kernels.current.functions.layer_norm(
                p.x + rows.lowerBound * sourceStride, sourceStride, p.y + rows.lowerBound * width, width,
                p.s.map { $0 + rows.lowerBound }, p.w, p.b, eps, rows.count, width)
        }
        withExtendedLifetime((source, weight, bias)) {}
        return (result, scale)
    }

    /// x − mean(x) over the last axis.
    public func centered() -> Tensor {
        let width = max(shape.last ?? 1, 1)
        return Tensor(shape: shape) { target in
            withSpan { source in
                for start in stride(from: 0, to: source.count, by: width) {
                    var sum = 0.0
                    for index in start..<(start + width) { sum += Double(source[index]) }
                    let mean = Float(sum / Double(width))
                    for index in start..<(start + width) { target[index] = source[index] - mean }
                }
            }
        }
    }

    /// Each row of the last axis divided by its own scale [..., 1].
    public func dividingRows(by scale: Tensor) -> Tensor {
        let width = max(shape.last ?? 1, 1)
        precondition(scale.count == count / width, "\(scale.shape) does not scale the rows of \(shape)")
        let divisors = scale.elements
        return Tensor(shape: shape) { target in
            withSpan { source in
                for index in source.indices { target[index] = source[index] / divisors[index / width] }
            }
        }
    }

    /// softmax over the last axis; rows of −∞ or NaN become zeros.
    public func softmax(on crew: Crew = .solo) -> Tensor {
        let width = shape.last ?? 1
        let source = contiguous()
        let result = Tensor(uninitialized: shape)
        let pointers = UncheckedBox((x: source.pointer, y: result.pointer))
        crew.split(width == 0 ? 0 : count / width, atLeast: 64) { rows in
            let start = rows.lowerBound * width
            Kernels.current.functions.softmax(
                pointers.value.x + start, width, pointers.value.y + start, width, rows.count, width)
        }
        withExtendedLifetime(source) {}
        return result
    }
}
