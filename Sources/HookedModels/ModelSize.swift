internal import Tensors

/// Bytes that the weights take, as packed.
extension Transformer {
    var byteCount: Int {
        let own = [embedding.byteCount, head?.byteCount ?? 0, embedding.positions.count * 4]
        let norms = [lnPre, lnFinal, pooledNorm].compactMap { $0?.byteCount }
        return (own + norms + [attentionPooling?.byteCount ?? 0] + blocks.map(\.byteCount)).reduce(0, +)
    }
}

extension TransformerBlock {
    fileprivate var byteCount: Int {
        attention.byteCount + (feedForward?.byteCount ?? 0) + [ln1, ln2].compactMap { $0?.byteCount }.reduce(0, +)
    }
}

extension AttentionPooling {
    fileprivate var byteCount: Int {
        4 * query.count + attention.byteCount + feedForward.byteCount + (norm?.byteCount ?? 0)
    }
}

extension Attention {
    fileprivate var byteCount: Int { [query, key, value, output].reduce(0) { $0 + $1.byteCount } }
}

extension FeedForward {
    fileprivate var byteCount: Int { input.byteCount + output.byteCount + (solu?.norm?.byteCount ?? 0) }
}

extension Norm {
    fileprivate var byteCount: Int { 4 * ((weight?.count ?? 0) + (bias?.count ?? 0)) }
}
