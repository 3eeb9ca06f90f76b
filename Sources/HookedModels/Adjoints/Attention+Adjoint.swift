internal import Tensors

extension Attention {
    /// The gradient by z, [batch, position, head, d_head].
    /// - Parameter gradient: by what attention adds to the stream, [batch, position, d_model].
    func projectAdjoint(_ gradient: Tensor, _ layer: Int, _ probe: inout AdjointProbe) -> Tensor {
        let names = "blocks.\(layer).attn."
        let (tape, crew) = (probe.tape, probe.crew)
        probe.parameters?.add(names + "W_O", names + "b_O", of: tape[.z, layer].joiningHeads(), gradient, crew)
        guard probe.wants(.result, layer) else {
            return output.transposed.multiply(gradient, on: crew).splittingHeads(heads)
        }
        var results = gradient.repeated(heads)
        probe.visitGradient(.result, layer, &results)
        let weight = output.unpacked()
        return mapHeads(results) { own, head in
            own.matrixMultiplied(by: weight.rows((head * headWidth)..<((head + 1) * headWidth)).permuted([1, 0]))
        }
    }

    /// The gradients by queries, keys and values. - Parameter gradient: by z.
    func mixAdjoint(_ gradient: Tensor, _ layer: Int, _ probe: inout AdjointProbe) -> AttentionGradient {
        let (tape, crew) = (probe.tape, probe.crew)
        let pattern = tape[.pattern, layer]
        var (byPattern, byValues) = Tensor.attentionMixAdjoint(pattern, tape[.v, layer], gradient, on: crew)
        probe.visitGradient(.pattern, layer, &byPattern)
        var byScores = Tensor.softmaxAdjoint(tape.softmax(.pattern, layer), byPattern, on: crew)
        probe.visitGradient(.attnScores, layer, &byScores)
        var (byQueries, byKeys) = Tensor.attentionScoresAdjoint(
            tape[.q, layer], tape[.k, layer], scale: scale, byScores, on: crew)
        probe.visitGradient(.v, layer, &byValues)
        probe.visitGradient(.k, layer, &byKeys)
        probe.visitGradient(.q, layer, &byQueries)
        return AttentionGradient(queries: byQueries, keys: byKeys, values: byValues)
    }

    /// The gradient by the stream that queries, keys and values were made of, [batch, position, d_model].
    func inputAdjoint(_ gradient: AttentionGradient, _ probe: borrowing AdjointProbe) -> Tensor {
        let crew = probe.crew
        var sum = query.transposed.multiply(gradient.queries.joiningHeads(), on: crew)
        key.transposed.multiply(gradient.keys.joiningHeads(), addingTo: &sum, on: crew)
        value.transposed.multiply(gradient.values.joiningHeads(), addingTo: &sum, on: crew)
        return sum
    }

    /// The same where each head reads streams of its own: three times [batch, position, head, d_model].
    func headInputAdjoints(_ gradient: AttentionGradient) -> [Tensor] {
        zip([query, key, value], [gradient.queries, gradient.keys, gradient.values]).map { matrix, gradient in
            let weight = matrix.unpacked()
            return mapHeads(gradient) { own, head in
                let columns = weight.slice(axis: 1, (head * headWidth)..<((head + 1) * headWidth))
                return own.matrixMultiplied(by: columns.permuted([1, 0]))
            }
        }
    }

    /// Adds to the gradients of W_Q, W_K, W_V and their biases.
    /// - Parameters:
    ///   - names: what their names begin with.
    ///   - inputs: what queries, keys and values were made of, each [batch, position, d_model], or one a head.
    func addParameters(
        _ names: String, of inputs: [Tensor], _ gradient: AttentionGradient, _ probe: inout AdjointProbe
    ) {
        let crew = probe.crew
        let gradients = [gradient.queries, gradient.keys, gradient.values]
        for (letter, (input, gradient)) in zip(["Q", "K", "V"], zip(inputs, gradients)) {
            let (weight, bias) = (names + "W_" + letter, names + "b_" + letter)
            guard input.rank == 4 else {
                probe.parameters?.add(weight, bias, of: input, gradient.joiningHeads(), crew)
                continue
            }
            let (rows, width) = (input.shape[0] * input.shape[1], input.shape[3])
            let perHead = (0..<heads).map { head in
                let own = input.slice(axis: 2, head..<(head + 1)).reshaped([rows, width])
                return own.permuted([1, 0]).matrixMultiplied(
                    by: gradient.slice(axis: 2, head..<(head + 1)).reshaped([rows, headWidth]))
            }
            probe.parameters?.add(weight, Tensor.concatenated(perHead, axis: 1))
            probe.parameters?.add(bias, gradient.joiningHeads().reshaped([rows, heads * headWidth]).summed(over: 0))
        }
    }

    /// Each head's rows by themselves: [batch, position, head, a] → [batch, position, head, b].
    private func mapHeads(_ x: Tensor, _ body: (_ own: Tensor, _ head: Int) -> Tensor) -> Tensor {
        let parts = (0..<heads).map { head in
            let own = x.slice(axis: 2, head..<(head + 1)).reshaped([x.shape[0] * x.shape[1], x.shape[3]])
            let result = body(own, head)
            return result.reshaped([x.shape[0], x.shape[1], 1, result.shape[1]])
        }
        return Tensor.concatenated(parts, axis: 2)
    }
}

/// Gradients by queries, keys and values, each [batch, position, head, d_head].
struct AttentionGradient {
    let queries: Tensor
    let keys: Tensor
    let values: Tensor
}

extension Tensor {
    /// [batch, position, head, d_head] → [batch, position, head · d_head].
    func joiningHeads() -> Tensor { reshaped([shape[0], shape[1], shape[2] * shape[3]]) }

    /// The inverse.
    func splittingHeads(_ heads: Int) -> Tensor { reshaped([shape[0], shape[1], heads, shape[2] / heads]) }

    /// [batch, position, d] → [batch, position, count, d], the same `count` times.
    func repeated(_ count: Int) -> Tensor {
        let single = reshaped([shape[0], shape[1], 1, shape[2]])
        return Tensor.concatenated(Array(repeating: single, count: count), axis: 2)
    }
}
