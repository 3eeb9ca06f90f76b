public import Tensors

/// Relevance of positions by attention and its gradient (Chefer et al. 2021, arXiv:2103.15679): through the layers
///
///     R ← R + mean over heads of (gradient ∘ pattern)⁺ · R,    R = 1 at first.
public enum AttentionRelevance {
    /// How much each position says through those that are read, in float64.
    /// - Parameters:
    ///   - patterns: of one input, layer after layer, [head, query, key].
    ///   - gradients: of the metric by them.
    ///   - rows: the positions that the output is read from; their relevances are averaged.
    public static func scores(patterns: [Tensor], gradients: [Tensor], reading rows: [Int]) -> [Double] {
        precondition(patterns.count == gradients.count && !patterns.isEmpty && !rows.isEmpty, "layers and rows")
        let count = patterns[0].shape[2]
        // The rows of R that are read, pulled back from the last layer: r ← r + r · Ā.
        var relevance = [Double](repeating: 0, count: count)
        for row in rows { relevance[row] += 1 / Double(rows.count) }
        for (pattern, gradient) in zip(patterns, gradients).reversed() {
            let mixing = positiveMean(pattern, gradient)
            var next = relevance
            for (query, weight) in relevance.enumerated() where weight != 0 {
                for key in 0..<count { next[key] += weight * mixing[query * count + key] }
            }
            relevance = next
        }
        return relevance
    }

    /// The mean over heads of (gradient ∘ pattern)⁺: [query · key].
    private static func positiveMean(_ pattern: Tensor, _ gradient: Tensor) -> [Double] {
        precondition(pattern.shape == gradient.shape, "\(pattern.shape) and \(gradient.shape) differ")
        let (heads, count) = (pattern.shape[0], pattern.shape[1] * pattern.shape[2])
        var sums = [Double](repeating: 0, count: count)
        pattern.withSpan { pattern in
            gradient.withSpan { gradient in
                for index in pattern.indices {
                    sums[index % count] += max(0, Double(pattern[index]) * Double(gradient[index])) / Double(heads)
                }
            }
        }
        return sums
    }
}
