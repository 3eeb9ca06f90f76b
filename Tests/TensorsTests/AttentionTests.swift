import ServiceTesting
import Testing

@testable import Tensors

@Suite struct AttentionTests {
    /// Batch, queries, keys, heads, width.
    static let shapes = [[1, 1, 1, 1, 1], [2, 5, 5, 3, 4], [1, 1, 17, 2, 8], [1, 300, 300, 1, 6]]

    @Test(arguments: shapes, [AttentionMask.bidirectional, .causal])
    func fusedEqualsStepByStepAndTheReference(shape: [Int], mask: AttentionMask) {
        let (batch, queries, keys, heads, width) = (shape[0], shape[1], shape[2], shape[3], shape[4])
        var generator = SeededGenerator(seed: UInt64(keys))
        let q = Tensor(
            shape: [batch, queries, heads, width], elements: generator.floats(batch * queries * heads * width))
        let k = Tensor(shape: [batch, keys, heads, width], elements: generator.floats(batch * keys * heads * width))
        let v = Tensor(shape: [batch, keys, heads, width], elements: generator.floats(batch * keys * heads * width))
        let scores = Tensor.attentionScores(q, k, scale: 0.5, mask: mask)
        let pattern = scores.softmax()
        let z = Tensor.attentionMix(pattern, v)
        #expect(z.shape == [batch, queries, heads, width])
        for (fused, step) in zip(
            Tensor.attention(q, k, v, scale: 0.5, mask: mask, on: Crew(width: 2)).elements, z.elements)
        {
            #expect(abs(fused - step) <= 1e-6)
        }
        for b in 0..<batch {
            for h in 0..<heads {
                for i in 0..<queries {
                    let row = (0..<keys).map { j -> Float in
                        if mask == .causal && j > i { return -.infinity }
                        var dot: Float = 0
                        for e in 0..<width { dot += q[b, i, h, e] * k[b, j, h, e] }
                        return dot * 0.5
                    }
                    let expected = KernelReference.softmax(row, d: keys)
                    for j in 0..<keys { #expect(abs(Double(pattern[b, h, i, j]) - expected[j]) <= 2e-6) }
                    for e in 0..<width {
                        var mixed = 0.0
                        for j in 0..<keys { mixed += expected[j] * Double(v[b, j, h, e]) }
                        #expect(abs(Double(z[b, i, h, e]) - mixed) <= 4e-6)
                    }
                }
            }
        }
    }
}
