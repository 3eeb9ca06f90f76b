public import HookedModels
public import Tensors

/// How strongly a head of one layer feeds a head of a later one (Elhage et al. 2021,
/// transformer-circuits.pub/2021/framework): ‖A · B‖ / (‖A‖ · ‖B‖) with A = W_V · W_O of the earlier head and B what the
/// later one makes of the stream. Random matrices do not score 0, so that scores are to be compared with each other.
public enum HeadComposition: String, Sendable, CaseIterable {
    /// B = W_Q · W_Kᵀ: where the later head looks from.
    case query = "composition_q"
    /// B = W_K · W_Qᵀ: where it looks at.
    case key = "composition_k"
    /// B = W_V · W_O: what it moves.
    case value = "composition_v"

    /// What the heads of a layer write.
    /// - Throws: where weights are not finite.
    public func writers(
        of model: HookedModel, layer: Int, on crew: Crew = .solo
    ) throws(DecompositionError) -> CompositionSide {
        try CompositionSide(HeadCircuit.outputValue.factors(of: model, layer: layer), on: crew)
    }

    /// What the heads of a layer read.
    /// - Throws: where weights are not finite.
    public func readers(
        of model: HookedModel, layer: Int, on crew: Crew = .solo
    ) throws(DecompositionError) -> CompositionSide {
        let factors =
            switch self {
            case .query: HeadCircuit.queryKey.factors(of: model, layer: layer).map(\.transposed)
            case .key: HeadCircuit.queryKey.factors(of: model, layer: layer)
            case .value: HeadCircuit.outputValue.factors(of: model, layer: layer).map(\.transposed)
            }
        return try CompositionSide(factors, on: crew)
    }
}

/// One side of a composition: of each head the part of its circuit that meets the other side.
///
/// ‖L₁ · R₁ · L₂ · R₂‖ stays as it is where L₁ gives way to the triangle of its Q · R, and R₂ to that of its transpose. What
/// is left are a writer's few rows, triangle(L₁) · R₁, times a reader's few columns. Both are kept as rows, in float32: they
/// take a twelfth of what the weights of a usual block take.
public struct CompositionSide: Sendable {
    /// [head, row, d_model].
    private let rows: Tensor
    private let norms: [Double]

    /// - Parameter factors: of each head its circuit, or, of one that reads, the transpose of it.
    init(_ factors: [FactoredMatrix], on crew: Crew) throws(DecompositionError) {
        let parts = crew.collect(factors.count) { factors[$0].left.triangle().multiplied(by: factors[$0].right) }
        guard parts.allSatisfy(\.isFinite) else { throw .notFinite }
        rows = Tensor.concatenated(parts.map { $0.tensor.unsqueezed() })
        norms = parts.map(\.norm)
    }

    /// The scores of all heads of two layers, [head that writes, head that reads].
    public func scores(readBy readers: CompositionSide, on crew: Crew = .solo) -> Tensor {
        let (heads, others) = (rows.shape[0], readers.rows.shape[0])
        let columns = readers.rows.reshaped([others * readers.rows.shape[1], rows.shape[2]]).permuted([1, 0])
        let scores = crew.collect(heads) { head in
            let own = rows.row(head)
            let lengths = own.matrixMultiplied(by: columns).blockLengths(others)
            return zip(lengths, readers.norms).map { length, norm in
                norms[head] * norm > 0 ? Float(length / (norms[head] * norm)) : 0
            }
        }
        return Tensor(shape: [heads, others], elements: scores.flatMap { $0 })
    }
}

extension Tensor {
    /// The length of each of `count` blocks of columns of a matrix.
    fileprivate func blockLengths(_ count: Int) -> [Double] {
        let (height, width) = (shape[0], shape[1] / count)
        return withSpan { span in
            (0..<count).map { block in
                var sum = 0.0
                for row in 0..<height {
                    let start = (row * count + block) * width
                    for place in start..<(start + width) { sum += Double(span[place]) * Double(span[place]) }
                }
                return sum.squareRoot()
            }
        }
    }
}
