internal import Tensors

/// Bytes that the weights take, as packed.
extension Transformer {
    var byteCount: Int {
        let own = [embedding.byteCount, head?.byteCount ?? 0, embedding.positions.count * 4]
        let norms = [lnPre, lnFinal, pooledNorm].compactMap { $0?.byteCount }
        return (own + norms + blocks.map(\.byteCount)).reduce(0, +)
    }
}

extension TransformerBlock {
    fileprivate var byteCount: Int {
        let matrices = [
            attention.query, attention.key, attention.value, attention.output, feedForward?.input, feedForward?.output,
        ]
        return matrices.compactMap { $0?.byteCount }.reduce(0, +)
            + [ln1, ln2].compactMap { $0?.byteCount }.reduce(0, +)
    }
}

extension Norm {
    fileprivate var byteCount: Int { 4 * ((weight?.count ?? 0) + (bias?.count ?? 0)) }
}
