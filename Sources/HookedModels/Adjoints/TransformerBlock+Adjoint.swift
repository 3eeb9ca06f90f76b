internal import Tensors

extension TransformerBlock {
    /// The gradient by the stream before the block, [batch, position, d_model].
    /// - Parameter gradient: by the stream after it.
    func adjoint(_ gradient: Tensor, _ layer: Int, _ probe: inout AdjointProbe) -> Tensor {
        var stream = gradient
        probe.visitGradient(.residPost, layer, &stream)
        if let feedForward {
            stream += feedForwardAdjoint(feedForward, stream, layer, &probe)
            probe.visitGradient(.residMid, layer, &stream)
        }
        stream += attentionAdjoint(stream, layer, &probe)
        probe.visitGradient(.residPre, layer, &stream)
        return stream
    }

    /// By what the MLP read of the stream.
    private func feedForwardAdjoint(
        _ mlp: FeedForward, _ stream: Tensor, _ layer: Int, _ probe: inout AdjointProbe
    ) -> Tensor {
        var out = stream
        if kind == .branchNorm, let ln2 {
            out = ln2.adjoint(of: probe.tape[.mlpOut, layer], out, .ln2Scale, .ln2Normalized, layer, &probe)
        }
        probe.visitGradient(.mlpOut, layer, &out)
        let tape = probe.tape
        let input = tape[.mlpIn, layer]
        let isNormalized = kind == .preNorm && ln2 != nil
        var read = mlp.adjoint(of: isNormalized ? tape[.ln2Normalized, layer] : input, out, layer, &probe)
        if kind == .preNorm, let ln2 {
            read = ln2.adjoint(of: input, read, .ln2Scale, .ln2Normalized, layer, &probe)
        }
        probe.visitGradient(.mlpIn, layer, &read)
        return read
    }

    /// By what attention read of the stream.
    private func attentionAdjoint(_ stream: Tensor, _ layer: Int, _ probe: inout AdjointProbe) -> Tensor {
        var out = stream
        if kind == .branchNorm, let ln1 {
            out = ln1.adjoint(of: probe.tape[.attnOut, layer], out, .ln1Scale, .ln1Normalized, layer, &probe)
        }
        probe.visitGradient(.attnOut, layer, &out)
        var z = attention.projectAdjoint(out, layer, &probe)
        probe.visitGradient(.z, layer, &z)
        let gradient = attention.mixAdjoint(z, layer, &probe)
        if probe.parameters != nil {
            attention.addParameters("blocks.\(layer).attn.", of: attentionInputs(layer, probe), gradient, &probe)
        }
        let norm = kind == .preNorm ? ln1 : nil
        guard probe.usesHeadInputs(layer) else {
            let read = attention.inputAdjoint(gradient, probe)
            return norm?.adjoint(
                of: probe.tape[.residPre, layer], read, .ln1Scale, .ln1Normalized, layer, &probe) ?? read
        }
        return headInputAdjoint(gradient, norm, layer, &probe)
    }

    private func headInputAdjoint(
        _ gradient: AttentionGradient, _ norm: Norm?, _ layer: Int, _ probe: inout AdjointProbe
    ) -> Tensor {
        var reads = attention.headInputAdjoints(gradient)
        if let norm {
            let copies = probe.tape[.residPre, layer].repeated(attention.heads)
            let inputs = [Site.qInput, .kInput, .vInput].map { probe.tape.all($0, layer).last ?? copies }
            reads = norm.adjoint(of: inputs, reads, layer, &probe)
        }
        for (index, site) in [Site.qInput, .kInput, .vInput].enumerated() {
            probe.visitGradient(site, layer, &reads[index])
        }
        var sum = reads[0] + reads[1] + reads[2]
        probe.visitGradient(.attnIn, layer, &sum)
        return sum.summed(over: 2)
    }

    /// What queries, keys and values were made of.
    private func attentionInputs(_ layer: Int, _ probe: borrowing AdjointProbe) -> [Tensor] {
        let tape = probe.tape
        let sites: [Site] = [.qInput, .kInput, .vInput]
        let normalized = kind == .preNorm ? tape.all(.ln1Normalized, layer) : []
        if normalized.count == sites.count { return normalized }
        let shared = normalized.last ?? tape[.residPre, layer]
        return sites.map { (normalized.isEmpty ? tape.all($0, layer).last : nil) ?? shared }
    }
}
