public import HookedModels
internal import Tensors

/// What a head does, read out of its weights alone (Elhage et al. 2021, transformer-circuits.pub/2021/framework). Biases and
/// norms are not part of it.
public enum HeadCircuit: String, Sendable, CaseIterable {
    /// W_Q · W_Kᵀ: which positions a head looks at from which. The scale 1/√d_head is not part of it.
    case queryKey = "qk"
    /// W_V · W_O: what is moved from there.
    case outputValue = "ov"

    /// The two factors of each head of a layer, in their order.
    /// - Precondition: the model has that layer.
    public func factors(of model: HookedModel, layer: Int) -> [FactoredMatrix] {
        let weights = { (letter: String) in
            guard let weight = model.weight(named: "blocks.\(layer).attn.W_\(letter)") else {
                preconditionFailure("there is no layer \(layer)")
            }
            return weight.tensor().headMatrices
        }
        switch self {
        case .queryKey: return zip(weights("Q"), weights("K")).map { FactoredMatrix($0, $1.transposed) }
        case .outputValue: return zip(weights("V"), weights("O")).map { FactoredMatrix($0, $1) }
        }
    }
}

extension Tensor {
    /// [head, a, b] → the matrix of each head.
    fileprivate var headMatrices: [Matrix] {
        (0..<shape[0]).map { Matrix(row($0)) }
    }
}
