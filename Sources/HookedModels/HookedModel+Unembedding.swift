public import Tensors

// The end of the forward pass, for streams taken from anywhere before it.

extension HookedModel {
    /// Whether streams can be read as classes: the model has a head, and its output is one row a position or picture.
    public var hasHead: Bool {
        transformer.head != nil && architecture.pooledWidth == architecture.width && architecture.pooling != .clsAndMean
    }

    /// The final norm of a stream, [..., d_model]: the one before pooling, or, in a model whose norm comes after it, that
    /// one; the stream itself in a model without norms.
    public func finalNormalized(_ stream: Tensor, on crew: Crew = .solo) -> Tensor {
        [transformer.lnFinal, transformer.pooledNorm].compactMap { $0 }.reduce(stream) { x, norm in
            x.layerNormalized(weight: norm.weight, bias: norm.bias, eps: norm.eps, on: crew)
        }
    }

    /// x · W_H, with b_H where it is wanted: [..., d_model] → [..., class].
    /// - Precondition: the model has a head.
    public func unembedded(_ x: Tensor, addingBias: Bool, on crew: Crew = .solo) -> Tensor {
        guard let head = transformer.head else { preconditionFailure("a model without a head") }
        return addingBias ? head.multiply(x, on: crew) : head.multiplyWithoutBias(x, on: crew)
    }
}
