internal import Tensors

/// A learned query that attends over all positions, and an MLP after it (SigLIP's head; Zhai et al. 2023,
/// arXiv:2303.15343):
///
///     h = attention(query, x);   y = h + mlp(norm(h))
struct AttentionPooling: Sendable {
    /// [1, d_model].
    let query: Tensor
    let attention: Attention
    let norm: Norm?
    let feedForward: FeedForward

    /// x: [batch, position, d_model] → [batch, d_model].
    func callAsFunction(_ x: Tensor, _ probe: inout Probe) -> Tensor {
        let (batch, width) = (x.shape[0], x.shape[2])
        let heads = { (rows: Tensor, positions: Int) in
            rows.reshaped([batch, positions, attention.heads, attention.headWidth])
        }
        let queries = Tensor.concatenated(Array(repeating: query.reshaped([1, 1, width]), count: batch))
        let q = heads(attention.query.multiply(queries, on: probe.crew), 1)
        let k = heads(attention.key.multiply(x, on: probe.crew), x.shape[1])
        let v = heads(attention.value.multiply(x, on: probe.crew), x.shape[1])
        var pattern = Tensor.attentionScores(q, k, scale: attention.scale, on: probe.crew).softmax(on: probe.crew)
        probe.visit(.poolPattern, &pattern)
        let z = Tensor.attentionMix(pattern, v, on: probe.crew).reshaped([batch, 1, width])
        var out = attention.output.multiply(z, on: probe.crew)
        probe.visit(.poolAttnOut, &out)
        let normalized = norm.map {
            out.layerNormalized(weight: $0.weight, bias: $0.bias, eps: $0.eps, on: probe.crew)
        }
        return (out + feedForward.plain(normalized ?? out, probe.crew)).reshaped([batch, width])
    }
}
