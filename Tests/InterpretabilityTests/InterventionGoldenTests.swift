import HookedModels
import Interpretability
import ServiceTesting
import Tensors
import Testing

/// Interventions and ablations held against ViT-Prisma in float64.
@Suite struct InterventionGoldenTests {
    private func output(
        _ model: HookedModel, _ pixels: Tensor, _ interventions: [Intervention]
    ) throws -> Tensor {
        let plan = try HookPlan([], interventions: interventions, for: model.architecture)
        return try #require(model.run([ForwardRequest(pixels: pixels, plan: plan)]).first?.output).joined
    }

    private func number(_ value: Float) -> Intervention.Value { .constant(Tensor(shape: [], elements: [value])) }

    @Test(arguments: AnalysisReference.golden) func singleInterventions(_ reference: AnalysisReference) throws {
        let (model, pixels) = (try reference.load(), try reference.pixels())
        let truth = try reference.tensors("ablation")
        let direction = try #require(try reference.tensors("dla")["residual_directions"])
        let positions = Float(model.architecture.positions)
        let cases: [(String, Intervention)] = [
            ("resid_pre_l1_pos3_zero", .zero("blocks.1.hook_resid_pre", at: Selection(positions: .indices([3])))),
            ("neurons_l1_0to9_zero", .zero("blocks.1.mlp.hook_post", at: Selection(features: Array(0..<10)))),
            (
                "pattern_uniform_l0h1",
                Intervention(
                    "blocks.0.attn.hook_pattern", .set(number(1 / positions)), at: Selection(heads: [1]))
            ),
            (
                "scale_mlp_out_l0_by_half",
                Intervention("blocks.0.hook_mlp_out", .multiply(Tensor(shape: [], elements: [0.5])))
            ),
            (
                "steer_resid_pre_l1_add_residual_direction_x2",
                Intervention(
                    "blocks.1.hook_resid_pre",
                    .add(
                        .constant(
                            Tensor(
                                shape: [direction.shape[1]], elements: direction.row(0).elements.map { $0 * 2 }))))
            ),
        ]
        for (name, intervention) in cases {
            let expected = try #require(truth[name])
            let ours = try output(model, pixels, [intervention])
            #expect(relativeDifference(ours, expected) <= float32Tolerance, "\(name)")
        }
    }

    @Test(arguments: AnalysisReference.golden) func headsAndHalvesAblated(_ reference: AnalysisReference) throws {
        let (model, pixels) = (try reference.load(), try reference.pixels())
        let truth = try reference.tensors("ablation")
        let architecture = model.architecture
        let changes: [(String, Intervention.Change)] = [
            ("zero", .set(number(0))), ("mean_batch", .set(.mean(over: .inputs))),
            ("mean_batch_pos", .set(.mean(over: .inputsAndPositions))),
            ("mean_pos", .set(.mean(over: .positions))),
        ]
        for (name, change) in changes {
            if let expected = truth["head_ablation_\(name)"] {
                for layer in 0..<architecture.layers {
                    for head in 0..<architecture.heads {
                        let ours = try output(
                            model, pixels,
                            [
                                Intervention(
                                    "blocks.\(layer).attn.hook_z", change, at: Selection(heads: [head]))
                            ])
                        #expect(
                            relativeDifference(ours, expected.row(layer).row(head)) <= float32Tolerance,
                            "\(name) L\(layer)H\(head)")
                    }
                }
            }
            for half in ["attn_out", "mlp_out"] {
                guard let expected = truth["\(half)_ablation_\(name)"] else { continue }
                for layer in 0..<architecture.layers {
                    let ours = try output(model, pixels, [Intervention("blocks.\(layer).hook_\(half)", change)])
                    #expect(
                        relativeDifference(ours, expected.row(layer)) <= float32Tolerance, "\(half) \(name) \(layer)")
                }
            }
        }
    }
}
