internal import Tensors

/// One block. Before each half the stream is normalised, x + attention(ln1(x)), then x + mlp(ln2(x)); in ViT-Prisma's
/// BertBlock what each half gives is normalised instead, x + ln1(attention(x)), then x + ln2(mlp(x)).
struct TransformerBlock: Sendable {
    let kind: Architecture.BlockKind
    let ln1: Norm?
    let attention: Attention
    let ln2: Norm?
    /// `nil` in a model of attention only.
    let feedForward: FeedForward?

    /// x: [batch, position, d_model], replaced by the stream after the block.
    /// - Parameters:
    ///   - queries: how many positions, from the first, leave the block; `nil` for all. The last block of a model that reads
    ///     its class token alone need not compute the others, unless someone wants to see them.
    ///   - areCopies: every row is the same stream: what comes before the first change is computed once.
    func callAsFunction(
        _ x: inout Tensor, _ layer: Int, queries: Int? = nil, areCopies: Bool = false, _ probe: inout Probe
    ) {
        probe.visit(.residPre, layer, &x)
        var z = mix(x, layer, queries: queries, areCopies: areCopies, &probe)
        probe.visit(.z, layer, &z)
        if let queries { x = x.slice(axis: 1, 0..<queries).compacted() }
        if kind == .branchNorm || probe.wants(.attnOut, layer) || probe.wants(.result, layer) {
            var out = attention.project(z, layer, &probe)
            probe.visit(.attnOut, layer, &out)
            if kind == .branchNorm { out = ln1?(out, .ln1Scale, .ln1Normalized, layer, &probe) ?? out }
            x += out
        } else {
            attention.project(z, addingTo: &x, probe)
        }
        if let feedForward {
            probe.visit(.residMid, layer, &x)
            addFeedForward(feedForward, &x, layer, &probe)
        }
        probe.visit(.residPost, layer, &x)
    }

    /// The sites of a block at which positions beyond the first `queries` would be missing.
    static let sitesAfterQueries: [Site] = [
        .attnIn, .qInput, .kInput, .vInput, .q, .attnScores, .pattern, .z, .result, .attnOut, .residMid, .mlpIn,
        .ln2Scale, .ln2Normalized, .mlpPre, .mlpMid, .mlpLnScale, .mlpLnNormalized, .mlpPost, .mlpOut, .residPost,
    ]

    /// Whatever comes before `hook_z`.
    private static let sitesBeforeMix: [Site] = [
        .residPre, .attnIn, .qInput, .kInput, .vInput, .ln1Scale, .ln1Normalized, .q, .k, .v, .attnScores, .pattern,
    ]

    private func mix(
        _ x: Tensor, _ layer: Int, queries: Int?, areCopies: Bool, _ probe: inout Probe
    ) -> Tensor {
        guard areCopies, x.shape[0] > 1, !probe.wantsAny(Self.sitesBeforeMix, layer) else {
            return attention.mix(attentionInput(x, layer, &probe), queries: queries, layer, &probe)
        }
        let one = attention.mix(attentionInput(x.rows(0..<1), layer, &probe), queries: queries, layer, &probe)
        return one.gathered(axis: 0, Array(repeating: 0, count: x.shape[0]))
    }

    private func addFeedForward(_ mlp: FeedForward, _ x: inout Tensor, _ layer: Int, _ probe: inout Probe) {
        var input = x
        probe.visit(.mlpIn, layer, &input)
        if kind == .preNorm {
            let normalized = ln2?(input, .ln2Scale, .ln2Normalized, layer, &probe) ?? input
            input = normalized  // lets go of the stream, which the sum may then take over
            guard probe.wants(.mlpOut, layer) else { return mlp(normalized, addingTo: &x, layer, &probe) }
        }
        var out = mlp(input, layer, &probe)
        probe.visit(.mlpOut, layer, &out)
        if kind == .branchNorm { out = ln2?(out, .ln2Scale, .ln2Normalized, layer, &probe) ?? out }
        x += out
    }

    private func attentionInput(_ x: Tensor, _ layer: Int, _ probe: inout Probe) -> AttentionInput {
        let norm = kind == .preNorm ? ln1 : nil
        guard probe.wantsHeadInputs(layer) else {
            return AttentionInput(norm?(x, .ln1Scale, .ln1Normalized, layer, &probe) ?? x)
        }
        // Each head gets its own copy of the stream: [batch, position, head, d_model].
        let single = x.reshaped([x.shape[0], x.shape[1], 1, x.shape[2]])
        var copies = Tensor.concatenated(Array(repeating: single, count: attention.heads), axis: 2)
        probe.visit(.attnIn, layer, &copies)
        var (q, k, v) = (copies, copies, copies)
        probe.visit(.qInput, layer, &q)
        probe.visit(.kInput, layer, &k)
        probe.visit(.vInput, layer, &v)
        guard let norm else { return AttentionInput(query: q, key: k, value: v) }
        return AttentionInput(
            query: norm(q, .ln1Scale, .ln1Normalized, layer, &probe),
            key: norm(k, .ln1Scale, .ln1Normalized, layer, &probe),
            value: norm(v, .ln1Scale, .ln1Normalized, layer, &probe))
    }
}
