internal import Tensors

/// Multi-head self-attention (Vaswani et al. 2017, arXiv:1706.03762).
struct Attention: Sendable {
    let heads: Int
    let headWidth: Int
    /// 1/√d_head, or 1.
    let scale: Float
    let mask: AttentionMask
    /// Each [d_model, head · d_head].
    let query: PackedMatrix
    let key: PackedMatrix
    let value: PackedMatrix
    /// [head · d_head, d_model].
    let output: PackedMatrix

    /// What the heads found, before it is projected back: z [batch, query, head, d_head].
    /// - Parameter normalized: the normalised stream for queries, keys and values, each [batch, position, d_model] or, where
    ///   each head has its own, [batch, position, head, d_model].
    /// - Parameter queries: how many positions, from the first, are asked for; `nil` for all.
    func mix(_ normalized: AttentionInput, queries: Int? = nil, _ layer: Int, _ probe: inout Probe) -> Tensor {
        var q = project(normalized.query, query, positions: queries, probe.crew)
        probe.visit(.q, layer, &q)
        var k = project(normalized.key, key, probe.crew)
        probe.visit(.k, layer, &k)
        var v = project(normalized.value, value, probe.crew)
        probe.visit(.v, layer, &v)
        if probe.wants(.attnScores, layer) || probe.wants(.pattern, layer) {
            var scores = Tensor.attentionScores(q, k, scale: scale, mask: mask, on: probe.crew)
            probe.visit(.attnScores, layer, &scores)
            var pattern = scores.softmax(on: probe.crew)
            probe.visit(.pattern, layer, &pattern)
            return Tensor.attentionMix(pattern, v, on: probe.crew)
        }
        return Tensor.attention(q, k, v, scale: scale, mask: mask, on: probe.crew)
    }

    /// The heads' contribution to the stream as a tensor of its own: [batch, position, d_model].
    func project(_ z: Tensor, _ layer: Int, _ probe: inout Probe) -> Tensor {
        if probe.wants(.result, layer) {
            var results = perHead(z)
            probe.visit(.result, layer, &results)
            if probe.changes(.result, layer) { return results.summed(over: 2).adding(toEach: output.unpackedBias()) }
        }
        return output.multiply(joined(z), on: probe.crew)
    }

    /// The same, added to the stream without being materialised.
    func project(_ z: Tensor, addingTo stream: inout Tensor, _ probe: borrowing Probe) {
        output.multiply(joined(z), addingTo: &stream, on: probe.crew)
    }

    /// Each head's own contribution z_h · W_O[h]: [batch, position, head, d_model].
    private func perHead(_ z: Tensor) -> Tensor {
        let weight = output.unpacked()
        let rows = z.shape[0] * z.shape[1]
        let parts = (0..<heads).map { head in
            let share = z.slice(axis: 2, head..<(head + 1)).reshaped([rows, headWidth])
            return share.matrixMultiplied(by: weight.rows((head * headWidth)..<((head + 1) * headWidth)))
                .reshaped([z.shape[0], z.shape[1], 1, weight.shape[1]])
        }
        return Tensor.concatenated(parts, axis: 2)
    }

    private func joined(_ z: Tensor) -> Tensor { z.reshaped([z.shape[0], z.shape[1], heads * headWidth]) }

    private func project(_ x: Tensor, _ matrix: PackedMatrix, positions: Int? = nil, _ crew: Crew) -> Tensor {
        let x = positions.map { x.slice(axis: 1, 0..<$0) } ?? x
        guard x.rank == 4 else {
            return matrix.multiply(x, on: crew).reshaped([x.shape[0], x.shape[1], heads, headWidth])
        }
        let parts = (0..<heads).map { head in
            let own = x.slice(axis: 2, head..<(head + 1)).reshaped([x.shape[0], x.shape[1], x.shape[3]])
            return matrix.multiply(own, on: crew).reshaped([x.shape[0], x.shape[1], heads, headWidth])
                .slice(axis: 2, head..<(head + 1))
        }
        return Tensor.concatenated(parts, axis: 2)
    }
}

/// What queries, keys and values are made of; the same tensor three times unless inputs are split.
struct AttentionInput {
    let query: Tensor
    let key: Tensor
    let value: Tensor

    init(_ shared: Tensor) { self.init(query: shared, key: shared, value: shared) }

    init(query: Tensor, key: Tensor, value: Tensor) {
        self.query = query
        self.key = key
        self.value = value
    }
}
