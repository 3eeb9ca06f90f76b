internal import Tensors

/// Attention and the norm before it, as read.
struct AttentionWeights: Sendable {
    let heads: Int
    var norm: Norm?
    /// Each [d_model, head · d_head].
    var query: Linear
    var key: Linear
    var value: Linear
    /// [head · d_head, d_model].
    var output: Linear

    /// The transforms asked for, in their order.
    /// - Throws: where the singular values of a head cannot be had.
    func transformed(by transforms: Set<WeightTransform>) throws(DecompositionError) -> AttentionWeights {
        var result = self
        if transforms.contains(.foldNorms) { result.foldNorm() }
        if transforms.contains(.centreWriting) { result.output = result.output.centred() }
        if transforms.contains(.foldValueBiases) { result.foldValueBiases() }
        if transforms.contains(.refactorAttention) { try result.refactor() }
        return result
    }

    private mutating func foldNorm() {
        guard let norm else { return }
        query = query.absorbing(norm)
        key = key.absorbing(norm)
        value = value.absorbing(norm)
        self.norm = norm.plain
    }

    /// b_O + Σ b_V · W_O, and no b_V.
    private mutating func foldValueBiases() {
        let values = Matrix(rows: 1, columns: value.weight.shape[1], elements: value.biasElements)
        let written = values.multiplied(by: Matrix(output.weight)).elements
        let sum = zip(output.biasElements, written).map { Float($0 + $1) }
        output.bias = Tensor(shape: [sum.count], elements: sum)
        value.bias = nil
    }

    /// With the bias as one more row, scores are x · W_Q · W_Kᵀ · yᵀ = x · U · diag(S) · Vᵀ · yᵀ: the new W_Q is U · √S, the
    /// new W_K V · √S. What is moved is x · W_V · W_O = x · U · diag(S) · Vᵀ: the new W_V is U · diag(S), the new W_O Vᵀ.
    private mutating func refactor() throws(DecompositionError) {
        foldValueBiases()
        var (queries, keys, values, outputs) = ([Matrix](), [Matrix](), [Tensor](), [Tensor]())
        for head in 0..<heads {
            let attended = try Matrix.singularValues(
                of: query.columns(ofHead: head, of: heads), times: key.columns(ofHead: head, of: heads).transposed)
            let roots = attended.values.map { $0.squareRoot() }
            queries.append(attended.u.multiplyingColumns(by: roots))
            keys.append(attended.v.multiplyingColumns(by: roots))
            let width = value.weight.shape[1] / heads
            let own = (head * width)..<((head + 1) * width)
            let moved = try Matrix.singularValues(
                of: Matrix(value.weight.slice(axis: 1, own)), times: Matrix(output.weight.rows(own)))
            values.append(moved.u.multiplyingColumns(by: moved.values).tensor)
            outputs.append(moved.v.transposed.tensor)
        }
        query = Linear(columnsOfHeads: queries)
        key = Linear(columnsOfHeads: keys)
        value.weight = Tensor.concatenated(values, axis: 1)
        output.weight = Tensor.concatenated(outputs)
    }
}

/// The MLP and the norm before it, as read.
struct FeedForwardWeights: Sendable {
    var norm: Norm?
    /// [d_model, d_mlp].
    var input: Linear
    /// The norm over the neurons of SoLU.
    var innerNorm: Norm?
    /// [d_mlp, d_model].
    var output: Linear

    /// The transforms asked for, in their order.
    func transformed(by transforms: Set<WeightTransform>) -> FeedForwardWeights {
        var result = self
        if transforms.contains(.foldNorms) {
            if let norm { result.input = input.absorbing(norm) }
            if let innerNorm { result.output = output.absorbing(innerNorm) }
            result.norm = norm?.plain
            result.innerNorm = innerNorm?.plain
        }
        if transforms.contains(.centreWriting) { result.output = result.output.centred() }
        return result
    }
}

extension Norm {
    /// The same that only centres and scales: a weight of ones and a bias of zeros.
    var plain: Norm {
        Norm(
            weight: weight.map { Tensor(repeating: 1, shape: $0.shape) },
            bias: bias.map { Tensor(repeating: 0, shape: $0.shape) }, eps: eps)
    }
}

extension Linear {
    /// A head's columns with its bias as the last row: [input + 1, d_head].
    fileprivate func columns(ofHead head: Int, of heads: Int) -> Matrix {
        let width = weight.shape[1] / heads
        let own = (head * width)..<((head + 1) * width)
        return Matrix(
            rows: weight.shape[0] + 1, columns: width,
            elements: Matrix(weight.slice(axis: 1, own)).elements + biasElements[own])
    }

    /// The inverse: of each head its columns, with the bias as the last row.
    fileprivate init(columnsOfHeads heads: [Matrix]) {
        weight = Tensor.concatenated(heads.map { $0.rows(0..<($0.rows - 1)).tensor }, axis: 1)
        let biases = heads.flatMap { $0.rows(($0.rows - 1)..<$0.rows).elements.map { Float($0) } }
        bias = Tensor(shape: [biases.count], elements: biases)
    }
}
