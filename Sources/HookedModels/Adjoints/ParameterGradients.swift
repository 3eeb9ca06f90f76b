internal import Tensors

/// Sums of gradients by a model's parameters, under the names of ``HookedModel/weights``. Matrices lie as they multiply,
/// [input, output], until ``HookedModel/named(_:)`` gives them their shapes.
struct ParameterGradients: Sendable {
    private(set) var sums: [String: Tensor] = [:]

    /// Of the rows x that a linear layer read and the gradient by the rows that it gave: xᵀ · gradient and its column sums.
    mutating func add(
        _ weight: String, _ bias: String, of x: @autoclosure () -> Tensor, _ gradient: Tensor, _ crew: Crew
    ) {
        let x = x()
        let rows = gradient.shape.dropLast().reduce(1, *)
        let (inputs, outputs) = (x.count / max(rows, 1), gradient.count / max(rows, 1))
        let flat = gradient.reshaped([rows, outputs])
        update(weight, [inputs, outputs]) {
            $0.add(x.reshaped([rows, inputs]).permuted([1, 0]), times: flat, on: crew)
        }
        add(bias, flat.summed(over: 0))
    }

    /// Of a layer norm's weight and bias, which stand behind a prefix.
    mutating func add(normAt prefix: String, _ adjoint: LayerNormAdjoint, width: Int) {
        var weight = sums.removeValue(forKey: prefix + "w") ?? Tensor(repeating: 0, shape: [width])
        var bias = sums.removeValue(forKey: prefix + "b") ?? Tensor(repeating: 0, shape: [width])
        adjoint.add(weight: &weight, bias: &bias)
        sums[prefix + "w"] = weight
        sums[prefix + "b"] = bias
    }

    mutating func add(_ name: String, _ gradient: Tensor) {
        update(name, gradient.shape) { $0 += gradient }
    }

    /// Adds to rows of a table, [row, d]: `gradient` [n, d] has one for each of `rows`.
    mutating func add(_ name: String, rows: [Int], of count: Int, _ gradient: Tensor) {
        let width = gradient.shape[1]
        update(name, [count, width]) { sum in
            sum.withMutableSpan { target in
                gradient.withSpan { source in
                    for (index, row) in rows.enumerated() {
                        for column in 0..<width { target[row * width + column] += source[index * width + column] }
                    }
                }
            }
        }
    }

    /// The sums of both.
    func adding(_ other: ParameterGradients) -> ParameterGradients {
        var result = self
        for (name, gradient) in other.sums { result.add(name, gradient) }
        return result
    }

    private mutating func update(_ name: String, _ shape: [Int], _ change: (inout Tensor) -> Void) {
        // Taken out, so that the sum is the one owner of its elements and grows where it lies.
        var sum = sums.removeValue(forKey: name) ?? Tensor(repeating: 0, shape: shape)
        change(&sum)
        sums[name] = sum
    }
}

extension HookedModel {
    /// Gradients under the names and in the shapes of ``weights``.
    func named(_ gradients: ParameterGradients) -> [(name: String, gradient: Tensor)] {
        var prefix = gradients.sums[PatchEmbedding.prefixName]
        return weights.compactMap { weight in
            let (name, shape) = (weight.name, weight.shape)
            if ["cls_token", "dist_token", "reg_token"].contains(name), let tokens = prefix {
                prefix = tokens.rows(shape[1]..<tokens.shape[0])
                return (name, tokens.rows(0..<shape[1]).unsqueezed())
            }
            guard let sum = gradients.sums[name] else { return nil }
            if ["W_Q", "W_K", "W_V"].contains(where: { name.hasSuffix(".attn." + $0) }) {
                let perHead = sum.reshaped([shape[1], shape[0], shape[2]]).permuted([1, 0, 2])
                return (name, perHead.contiguous())
            }
            return (name, sum.reshaped(shape))
        }
    }
}
