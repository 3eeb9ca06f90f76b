import HookedModels
import Interpretability
import Tensors
import Testing

@Suite struct AttentionRolloutTests {
    /// Two heads over two positions.
    private let layer = Tensor(shape: [2, 2, 2], elements: [1, 0, 0.5, 0.5, 0, 1, 0.25, 0.75])

    @Test func oneLayerIsHalfTheHeadsAndHalfTheIdentity() {
        let cases: [(AttentionRollout.Combination, [Float])] = [
            (.mean, [0.75, 0.25, 0.1875, 0.8125]),
            (.max, [1 / 1.5, 0.5 / 1.5, 0.25 / 1.125, 0.875 / 1.125]),
            (.min, [1, 0, 0.125 / 0.875, 0.75 / 0.875]),
        ]
        for (combination, expected) in cases {
            let found = AttentionRollout.rollout([layer], combination).elements
            for (ours, theirs) in zip(found, expected) { #expect(abs(ours - theirs) < 1e-6, "\(combination)") }
        }
    }

    @Test func laterLayersStandOnTheLeft() {
        let other = Tensor(shape: [1, 2, 2], elements: [0, 1, 0, 1])
        let (first, second) = (
            AttentionRollout.rollout([layer], .mean), AttentionRollout.rollout([other], .mean)
        )
        let both = AttentionRollout.rollout([layer, other], .mean)
        #expect(both.elements == second.matrixMultiplied(by: first).elements)
        #expect(both.elements != first.matrixMultiplied(by: second).elements)
    }

    @Test func rowsStayDistributions() {
        for combination in AttentionRollout.Combination.allCases {
            let flow = AttentionRollout.rollout([layer, layer, layer], combination).elements
            #expect(abs(flow[0] + flow[1] - 1) < 1e-6 && abs(flow[2] + flow[3] - 1) < 1e-6, "\(combination)")
        }
    }

    @Test(arguments: AnalysisReference.golden)
    func theGoldenRolloutsAreMet(_ reference: AnalysisReference) throws {
        let model = try reference.load()
        let truth = try reference.tensors("attention")
        let activations = try reference.activations(["blocks.*.hook_pattern"], of: model)
        for picture in 0..<2 {
            let layers = (0..<model.architecture.layers).compactMap { layer in
                activations["blocks.\(layer).attn.hook_pattern"].map { pattern in
                    pattern.rows(picture..<(picture + 1)).reshaped(Array(pattern.shape.dropFirst()))
                }
            }
            for combination in AttentionRollout.Combination.allCases {
                let expected = try #require(truth["rollout_\(combination.rawValue)"])
                let found = AttentionRollout.rollout(layers, combination)
                let one = expected.rows(picture..<(picture + 1)).reshaped(found.shape)
                #expect(relativeDifference(found, one) <= float32Tolerance, "\(combination)")
            }
        }
    }
}
