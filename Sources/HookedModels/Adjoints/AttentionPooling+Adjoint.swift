internal import Tensors

extension AttentionPooling {
    /// The gradient by what was pooled, [batch, position, d_model].
    /// - Parameters:
    ///   - x: what was pooled.
    ///   - gradient: by what pooling gave, [batch, d_model].
    func adjoint(of x: Tensor, _ gradient: Tensor, _ probe: inout AdjointProbe) -> Tensor {
        let (batch, width) = (x.shape[0], x.shape[2])
        let (tape, crew) = (probe.tape, probe.crew)
        var out = gradient.reshaped([batch, 1, width])
        let attended = tape[.poolAttnOut]
        let normalized =
            norm.map { attended.layerNormalized(weight: $0.weight, bias: $0.bias, eps: $0.eps, on: crew) } ?? attended
        let read = feedForward.plainAdjoint(of: normalized, out, "head.mlp.", &probe)
        out += norm?.adjoint(of: attended, read, "head.ln.", &probe) ?? read
        probe.visitGradient(.poolAttnOut, nil, &out)

        let queries = Tensor.concatenated(Array(repeating: query.reshaped([1, 1, width]), count: batch))
        let q = attention.query.multiply(queries, on: crew).splittingHeads(attention.heads)
        let k = attention.key.multiply(x, on: crew).splittingHeads(attention.heads)
        let v = attention.value.multiply(x, on: crew).splittingHeads(attention.heads)
        let pattern = tape[.poolPattern]
        probe.parameters?.add(
            "head.attn.W_O", "head.attn.b_O", of: Tensor.attentionMix(pattern, v, on: crew).joiningHeads(), out, crew)
        let z = attention.output.transposed.multiply(out, on: crew).splittingHeads(attention.heads)
        var (byPattern, byValues) = Tensor.attentionMixAdjoint(pattern, v, z, on: crew)
        probe.visitGradient(.poolPattern, nil, &byPattern)
        let byScores = Tensor.softmaxAdjoint(tape.softmax(.poolPattern), byPattern, on: crew)
        let (byQueries, byKeys) = Tensor.attentionScoresAdjoint(q, k, scale: attention.scale, byScores, on: crew)
        if probe.parameters != nil {
            let gradients = AttentionGradient(queries: byQueries, keys: byKeys, values: byValues)
            attention.addParameters("head.attn.", of: [queries, x, x], gradients, &probe)
            let byQuery = attention.query.transposed.multiply(byQueries.joiningHeads(), on: crew)
            probe.parameters?.add("head.probe", byQuery.reshaped([batch, width]).summed(over: 0).unsqueezed())
        }
        var sum = attention.key.transposed.multiply(byKeys.joiningHeads(), on: crew)
        attention.value.transposed.multiply(byValues.joiningHeads(), addingTo: &sum, on: crew)
        return sum
    }
}
