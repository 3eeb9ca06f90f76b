internal import Tensors

/// A linear layer as it was read, x · weight + bias, before it is packed for the kernels.
struct Linear: Sendable {
    /// [input, output], mostly a view of the checkpoint.
    var weight: Tensor
    /// [output]; `nil` for zeros.
    var bias: Tensor?

    func packed() -> PackedMatrix { PackedMatrix(weight, bias: bias) }

    /// The bias in float64, zeros where there is none.
    var biasElements: [Double] {
        bias?.elements.map { Double($0) } ?? Array(repeating: 0, count: weight.shape[1])
    }

    /// This layer behind the norm without its weight and bias:
    ///
    ///     W'[d, o] = w[d] · W[d, o] − mean over d,    b'[o] = b[o] + Σ_d W[d, o] · norm.b[d]
    ///
    /// A normalised row has a mean of zero, so that it does not notice the means that are taken off.
    /// - Parameter rows: how many normalised rows lie one after the other in what it reads.
    func absorbing(_ norm: Norm, rows: Int = 1) -> Linear {
        let (inputs, outputs) = (weight.shape[0], weight.shape[1])
        let width = inputs / rows
        var (elements, bias) = (Matrix(weight).elements, biasElements)
        let (scales, shifts) = (norm.weight?.elements, norm.bias?.elements)
        for start in stride(from: 0, to: inputs, by: width) {
            var means = [Double](repeating: 0, count: outputs)
            for input in 0..<width {
                let scale = Double(scales?[input] ?? 1)
                let shift = Double(shifts?[input] ?? 0)
                for output in 0..<outputs {
                    let place = (start + input) * outputs + output
                    bias[output] += shift * elements[place]
                    elements[place] *= scale
                    means[output] += elements[place] / Double(width)
                }
            }
            for input in 0..<width {
                for output in 0..<outputs { elements[(start + input) * outputs + output] -= means[output] }
            }
        }
        return Linear(
            weight: Matrix(rows: inputs, columns: outputs, elements: elements).tensor,
            bias: Tensor(shape: [outputs], elements: bias.map { Float($0) }))
    }

    /// With a mean of zero over what it gives.
    func centred() -> Linear { Linear(weight: weight.centered(), bias: bias?.centered()) }
}
