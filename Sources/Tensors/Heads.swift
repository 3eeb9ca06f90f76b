/// [batch, position, head, width] without gaps, addressed by `index` = batch · heads + head.
struct Heads {
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

    /// One head of one input.
    func operand(_ index: Int, from position: Int = 0, isTransposed: Bool = false) -> BLAS.Operand {
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
