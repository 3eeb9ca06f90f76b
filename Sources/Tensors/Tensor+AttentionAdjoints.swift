// Adjoints of attention, head by head on strided views like the forward pass: queries, keys, values and z
// [batch, position, head, d_head], patterns [batch, head, query, key].

extension Tensor {
    /// Of `attentionMix`, z = pattern · v.
    /// - Parameter gradient: by z, [batch, query, head, d_head].
    /// - Returns: the gradients by the pattern, gradient · vᵀ, and by the values, patternᵀ · gradient.
    public static func attentionMixAdjoint(
        _ pattern: Tensor, _ v: Tensor, _ gradient: Tensor, on crew: Crew = .solo
    ) -> (pattern: Tensor, values: Tensor) {
        let (z, v, a) = (Heads(gradient), Heads(v), pattern.contiguous())
        precondition(a.shape == [z.batch, z.heads, z.positions, v.positions], "\(a.shape) mixed \(v.tensor.shape)")
        let result = (
            pattern: Tensor(uninitialized: a.shape),
            values: Tensor(uninitialized: [v.batch, v.positions, v.heads, v.width])
        )
        let target = UncheckedBox((z, v, a: a.pointer, da: result.pattern.pointer, dv: result.values.pointer))
        crew.split(z.batch * z.heads) { range in
            let (z, v, a, da, dv) = target.value
            for index in range {
                let place = index * z.positions * v.positions
                BLAS.multiply(
                    m: z.positions, n: v.positions, k: v.width, z.operand(index), v.operand(index, isTransposed: true),
                    into: da + place, stride: v.positions)
                BLAS.multiply(
                    m: v.positions, n: v.width, k: z.positions,
                    BLAS.Operand(pointer: a + place, stride: v.positions, isTransposed: true), z.operand(index),
                    into: dv + v.offset(index, positions: v.positions), stride: v.heads * v.width)
            }
        }
        withExtendedLifetime((z, v, a)) {}
        return result
    }

    /// Of `attentionScores`, scores = q · kᵀ · scale. Where the mask forbade, the gradient must be zero, as the adjoint of
    /// the softmax leaves it.
    /// - Parameter gradient: by the scores.
    /// - Returns: the gradients by queries and keys.
    public static func attentionScoresAdjoint(
        _ q: Tensor, _ k: Tensor, scale: Float, _ gradient: Tensor, on crew: Crew = .solo
    ) -> (queries: Tensor, keys: Tensor) {
        let (q, k, s) = (Heads(q), Heads(k), gradient.contiguous())
        precondition(s.shape == [q.batch, q.heads, q.positions, k.positions], "\(s.shape) scored \(k.tensor.shape)")
        let result = (
            queries: Tensor(uninitialized: q.tensor.shape), keys: Tensor(uninitialized: k.tensor.shape)
        )
        let target = UncheckedBox((q, k, s: s.pointer, dq: result.queries.pointer, dk: result.keys.pointer))
        crew.split(q.batch * q.heads) { range in
            let (q, k, s, dq, dk) = target.value
            for index in range {
                let scores = s + index * q.positions * k.positions
                BLAS.multiply(
                    m: q.positions, n: q.width, k: k.positions, alpha: scale,
                    BLAS.Operand(pointer: scores, stride: k.positions), k.operand(index),
                    into: dq + q.offset(index, positions: q.positions), stride: q.heads * q.width)
                BLAS.multiply(
                    m: k.positions, n: q.width, k: q.positions, alpha: scale,
                    BLAS.Operand(pointer: scores, stride: k.positions, isTransposed: true), q.operand(index),
                    into: dk + k.offset(index, positions: k.positions), stride: k.heads * k.width)
            }
        }
        withExtendedLifetime((q, k, s)) {}
        return result
    }
}
