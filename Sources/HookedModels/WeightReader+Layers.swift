internal import Checkpoints
internal import Tensors

// Layers as the libraries write them down, as matrices that multiply from the right.

extension WeightReader {
    /// A linear layer; where there is a scale [output], what it gives is scaled with it.
    func linear(_ name: LinearName, _ input: Int, _ output: Int, scale: Tensor? = nil) throws -> Linear {
        var weight: Tensor
        var bias: Tensor?
        switch name {
        case .torch(let name):
            weight = try self[name].tensor("weight", [output, input]).permuted([1, 0])
            bias = try self[name].tensorIfPresent("bias", [output])
        case .parameters(let weightName, let biasName, let heads):
            let rows = heads.map { [$0, input / $0] } ?? [input]
            weight = try tensor(weightName, rows + [output]).reshaped([input, output])
            bias = try biasName.flatMap { try tensorIfPresent($0, [output]) }
        }
        if let scale {
            weight = weight.multiplying(each: scale)
            bias = bias.map { $0 * scale }
        }
        return Linear(weight: weight, bias: bias)
    }

    /// The parts of one matrix [parts · outputs, inputs].
    func fusedParts(
        _ weight: String, _ bias: String, inputs: Int, outputs: Int, parts: Int = 3
    ) throws -> [Linear] {
        let weight = try tensor(weight, [parts * outputs, inputs])
        let bias = try tensorIfPresent(bias, [parts * outputs])
        return (0..<parts).map { part in
            let rows = (part * outputs)..<((part + 1) * outputs)
            return Linear(weight: weight.rows(rows).permuted([1, 0]), bias: bias?.rows(rows))
        }
    }

    /// `W_Q` [head, d_model, d_head] and `b_Q` [head, d_head], for Q, K or V.
    func perHead(_ letter: String, _ width: Int, _ heads: Int, _ headWidth: Int) throws -> Linear {
        let weight = try tensor("W_" + letter, [heads, width, headWidth]).permuted([1, 0, 2]).contiguous()
        let bias = try tensorIfPresent("b_" + letter, [heads, headWidth])
        return Linear(
            weight: weight.reshaped([width, heads * headWidth]), bias: bias?.reshaped([heads * headWidth]))
    }

    /// Rows [count, width] that libraries store with one or more axes of one in front; copied, for what is read of a
    /// mapped file would keep it mapped.
    func rows(_ name: String, _ count: Int, _ width: Int) throws -> Tensor {
        let rank = try shape(of: name).count
        let isVector = rank == 1 && count == 1
        let expected = isVector ? [width] : Array(repeating: 1, count: max(0, rank - 2)) + [count, width]
        return try tensor(name, expected).reshaped([count, width]).copied()
    }
}

extension Tensor {
    /// Every element times one number.
    func scaled(by factor: Float) -> Tensor {
        Tensor(shape: shape) { target in
            withSpan { source in for index in source.indices { target[index] = source[index] * factor } }
        }
    }
}
