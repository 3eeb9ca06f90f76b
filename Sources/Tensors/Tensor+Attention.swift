internal import CVectorKernels

/// Which keys a query may look at.
public enum AttentionMask: String, Sendable {
    /// Every key.
    case bidirectional
    /// Keys up to the query's own position.
    case causal
}

/// Scaled dot-product attention (Vaswani et al. 2017, arXiv:1706.03762), head by head on strided views:
/// queries [batch, query, head, d_head], keys and values [batch, key, head, d_head].
extension Tensor {
    /// (q · k) · scale, −∞ where the mask forbids: [batch, head, query, key].
    public static func attentionScores(
        _ q: Tensor, _ k: Tensor, scale: Float, mask: AttentionMask = .bidirectional, on crew: Crew = .solo
    ) -> Tensor {
        let (q, k) = (Heads(q), Heads(k))
        let result = Tensor(uninitialized: [q.batch, q.heads, q.positions, k.positions])
        let target = UncheckedBox((q: q, k: k, c: result.pointer))
        crew.split(q.batch * q.heads) { range in
            let (q, k, c) = target.value
            for index in range {
                let scores = c + index * q.positions * k.positions
                q.scores(with: k, index, queries: 0..<q.positions, scale: scale, mask: mask, into: scores)
            }
        }
        withExtendedLifetime((q, k)) {}
        return result
    }

    /// Σ over keys of pattern [batch, head, query, key] times values: [batch, query, head, d_head].
    public static func attentionMix(_ pattern: Tensor, _ v: Tensor, on crew: Crew = .solo) -> Tensor {
        let v = Heads(v)
        let source = pattern.contiguous()
        let queries = source.shape[2]
        let result = Tensor(uninitialized: [v.batch, queries, v.heads, v.width])
        let target = UncheckedBox((v: v, a: source.pointer, c: result.pointer))
        crew.split(v.batch * v.heads) { range in
            let (v, a, c) = target.value
            for index in range {
                v.mix(
                    a + index * queries * v.positions, index, rows: queries,
                    into: c + v.offset(index, positions: queries), stride: v.heads * v.width)
            }
        }
        withExtendedLifetime((v, source)) {}
        return result
    }

    /// softmax(q · k · scale + mask) · v without keeping the pattern: [batch, query, head, d_head].
    public static func attention(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, scale: Float, mask: AttentionMask = .bidirectional, on crew: Crew = .solo
    ) -> Tensor {
        let (q, k, v) = (Heads(q), Heads(k), Heads(v))
        let result = Tensor(uninitialized: [q.batch, q.positions, v.heads, v.width])
        let target = UncheckedBox((q: q, k: k, v: v, c: result.pointer))
        crew.split(q.batch * q.heads) { range in
            let (q, k, v, c) = target.value
            // A tile of queries at a time, so that its scores are still in the cache when they are mixed.
            let tile = Tensor(uninitialized: [min(q.positions, 128), k.positions])
            for index in range {
                let z = c + v.offset(index, positions: q.positions)
                for first in stride(from: 0, to: q.positions, by: 128) {
                    let queries = first..<min(first + 128, q.positions)
                    q.scores(with: k, index, queries: queries, scale: scale, mask: mask, into: tile.pointer)
                    Kernels.current.functions.softmax(
                        tile.pointer, k.positions, tile.pointer, k.positions, queries.count, k.positions)
                    v.mix(
                        tile.pointer, index, rows: queries.count, into: z + first * v.heads * v.width,
                        stride: v.heads * v.width)
                }
            }
            withExtendedLifetime(tile) {}
        }
        withExtendedLifetime((q, k, v)) {}
        return result
    }
}
