internal import Tensors

extension Embedding {
    /// The gradient by the pictures, where it is asked for; there is none by the ids of a text.
    /// - Parameters:
    ///   - input: what was embedded.
    ///   - gradient: by the first stream, [batch, position, d_model].
    func adjoint(of input: Tensor, _ gradient: Tensor, _ probe: inout AdjointProbe) -> Tensor? {
        switch self {
        case .patches(let embedding): return embedding.adjoint(of: input, gradient, &probe)
        case .tokens(let embedding):
            embedding.adjoint(of: input, gradient, &probe)
            return nil
        }
    }
}

extension PatchEmbedding {
    /// Where the gradients of all tokens of the prefix are summed, [prefix, d_model].
    static let prefixName = "prefix"

    fileprivate func adjoint(of pixels: Tensor, _ gradient: Tensor, _ probe: inout AdjointProbe) -> Tensor? {
        let first = prefix?.shape[0] ?? 0
        var patches = gradient.slice(axis: 1, first..<gradient.shape[1]).contiguous()
        if probe.wants(.posEmbed) || probe.parameters != nil {
            var positioned = Tensor.concatenated([gradient.slice(axis: 1, 0..<positionedPrefix), patches], axis: 1)
            probe.visitGradient(.posEmbed, nil, &positioned)
            probe.parameters?.add("pos_embed.W_pos", positioned.summed(over: 0))
        }
        probe.visitGradient(.embed, nil, &patches)
        if probe.parameters != nil { addParameters(of: pixels, gradient, patches, &probe) }
        guard probe.wantsInput else { return nil }
        return projection.transposed.multiply(patches, on: probe.crew)
            .unpatched(patch.height, patch.width, to: pixels.shape)
    }

    private func addParameters(
        of pixels: Tensor, _ gradient: Tensor, _ patches: Tensor, _ probe: inout AdjointProbe
    ) {
        let terms = pixels.patches(patch.height, patch.width)
        let rows = terms.shape[0] * terms.shape[1]
        let width = patches.shape[2]
        let flat = patches.reshaped([rows, width])
        // A convolution's weight lies the other way round: [d_model, channel · p · q].
        probe.parameters?.add(
            "embed.proj.weight", flat.permuted([1, 0]).matrixMultiplied(by: terms.reshaped([rows, terms.shape[2]])))
        probe.parameters?.add("embed.proj.bias", flat.summed(over: 0))
        guard let prefix else { return }
        probe.parameters?.add(
            Self.prefixName, gradient.slice(axis: 1, 0..<prefix.shape[0]).contiguous().summed(over: 0))
    }
}

extension TokenEmbedding {
    fileprivate func adjoint(of ids: Tensor, _ gradient: Tensor, _ probe: inout AdjointProbe) {
        var gradient = gradient
        var positioned = gradient
        probe.visitGradient(.posEmbed, nil, &positioned)
        probe.visitGradient(.embed, nil, &gradient)
        guard probe.parameters != nil else { return }
        probe.parameters?.add("pos_embed", positioned.summed(over: 0))
        probe.parameters?.add(
            "token_embed.weight", rows: ids.elements.map { Int($0) }, of: table.shape[0],
            gradient.reshaped([ids.count, table.shape[1]]))
    }
}
