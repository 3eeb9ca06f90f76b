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

    /// The scores of all heads of two layers, [head of the first, head of the second].
    /// - Throws: where weights are not finite.
    public func scores(
        of model: HookedModel, from first: Int, to second: Int, on crew: Crew = .solo
    ) throws(DecompositionError) -> Tensor {
        // ‖L₁ · R₁ · L₂ · R₂‖ does not change where L₁ gives way to the triangle of its Q · R, and R₂ to that of its
        // transpose: what is left are products of d_head rows and d_head columns.
        let writers = crew.collect(model.architecture.heads) {
            [factors = HeadCircuit.outputValue.factors(of: model, layer: first)] in
            factors[$0].left.triangle().multiplied(by: factors[$0].right)
        }
        let readers = crew.collect(model.architecture.heads) { [factors = readers(of: model, layer: second)] in
            factors[$0].left.multiplied(by: factors[$0].right.transposed.triangle().transposed)
        }
        guard (writers + readers).allSatisfy(\.isFinite) else { throw .notFinite }
        let (written, read) = (writers.map(\.norm), readers.map(\.norm))
        let rows = crew.collect(writers.count) { writer in
            readers.indices.map { reader in
                let lengths = written[writer] * read[reader]
                return lengths > 0 ? Float(writers[writer].multiplied(by: readers[reader]).norm / lengths) : 0
            }
        }
        return Tensor(shape: [writers.count, readers.count], elements: rows.flatMap { $0 })
    }

    private func readers(of model: HookedModel, layer: Int) -> [FactoredMatrix] {
        switch self {
        case .query: HeadCircuit.queryKey.factors(of: model, layer: layer)
        case .key: HeadCircuit.queryKey.factors(of: model, layer: layer).map(\.transposed)
        case .value: HeadCircuit.outputValue.factors(of: model, layer: layer)
        }
    }
}
