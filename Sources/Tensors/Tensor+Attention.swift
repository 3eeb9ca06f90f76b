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

/// [batch, position, head, width] without gaps, addressed by `index` = batch · heads + head.
private struct Heads {
    let tensor: Tensor
    let batch: Int, positions: Int, heads: Int, width: Int

    init(_ tensor: Tensor) {
        precondition(tensor.rank == 4, "[batch, position, head, d_head] expected, not \(tensor.shape)")
        self.tensor = tensor.contiguous()
        (batch, positions, heads, width) = (tensor.shape[0], tensor.shape[1], tensor.shape[2], tensor.shape[3])
    }

    /// Where the first position of `index` lies in a tensor of `positions` positions.
    func offset(_ index: Int, positions: Int) -> Int {
        (index / heads) * positions * heads * width + (index % heads) * width
    }

    private func operand(_ index: Int, from position: Int = 0, isTransposed: Bool = false) -> BLAS.Operand {
        let start = offset(index, positions: positions) + position * heads * width
        return BLAS.Operand(pointer: tensor.pointer + start, stride: heads * width, isTransposed: isTransposed)
    }

    /// The scores of some queries with all keys: [queries, key].
    func scores(
        with k: Heads, _ index: Int, queries: Range<Int>, scale: Float, mask: AttentionMask,
        into target: UnsafeMutablePointer<Float>
    ) {
        BLAS.multiply(
            m: queries.count, n: k.positions, k: width, alpha: scale, operand(index, from: queries.lowerBound),
            k.operand(index, isTransposed: true), into: target, stride: k.positions)
        guard mask == .causal else { return }
        for (row, query) in queries.enumerated() where query + 1 < k.positions {
            let line = target + row * k.positions
            (line + query + 1).update(repeating: -.infinity, count: k.positions - query - 1)
        }
    }

    /// pattern [rows, key] times these values: [rows, width].
    func mix(
        _ pattern: UnsafePointer<Float>, _ index: Int, rows: Int, into target: UnsafeMutablePointer<Float>, stride: Int
    ) {
        BLAS.multiply(
            m: rows, n: width, k: positions, BLAS.Operand(pointer: pattern, stride: positions), operand(index),
            into: target, stride: stride)
    }
}
