import ServiceTesting
import Tensors
import Testing

@testable import HookedModels

/// Gradients of every kind of model, held against what small steps of the model itself give.
///
/// A central difference of float32 passes is known to about rounding / step + step²; along a random direction the sum over all
/// elements is compared, which a single wrong one shows in.
@Suite struct GradientTests {
    static let models = Dictionary(
        uniqueKeysWithValues: TinyModel.Layout.allCases.map { layout in
            (layout, Result { try TinyModel(layout, layers: 2, image: 16, seed: 21).load() })
        })

    static func model(_ layout: TinyModel.Layout) throws -> HookedModel { try #require(models[layout]).get() }

    /// A number of an output that weighs all of its elements: Σ weight · output + ½ Σ output².
    static func number(_ output: Tensor) -> Double {
        output.elements.enumerated().reduce(0) { sum, entry in
            let value = Double(entry.element)
            return sum + weight(entry.offset) * value + value * value / 2
        }
    }

    static let seed: GradientRequest.Seed = { _, output in
        Tensor(shape: output.shape) { target in
            let elements = output.elements
            for index in target.indices { target[index] = Float(weight(index)) + elements[index] }
        }
    }

    private static func weight(_ index: Int) -> Double { Double(index % 5) - 1.5 }

    /// The directional derivative of each input's number by central differences.
    private static func slope(
        _ model: HookedModel, _ pixels: Tensor, along direction: Tensor, step: Float, plan: HookPlan = .empty
    ) throws -> [Double] {
        let shifted = { (factor: Float) in
            let scaled = Tensor(shape: direction.shape, elements: direction.elements.map { $0 * factor })
            let request = ForwardRequest(pixels: pixels + scaled, plan: plan)
            let result = try #require(model.run([request], on: .solo).first)
            let output = try #require(result.output).rows
            return output.map { number($0.squeezed()) }
        }
        return try zip(shifted(step), shifted(-step)).map { ($0 - $1) / Double(2 * step) }
    }

    @Test(arguments: TinyModel.Layout.allCases)
    func gradientsByThePixelsAreTheModelsSlopes(_ layout: TinyModel.Layout) throws {
        let model = try Self.model(layout)
        let pixels = Pictures.random(3, for: model)
        let direction = Pictures.random(3, for: model, seed: 8)
        let result = model.gradients(
            GradientRequest(pixels: pixels, gradients: .empty, wantsPixels: true, seed: Self.seed), on: Crew(width: 2))
        let gradient = try #require(result.pixels).joined
        let slopes = try Self.slope(model, pixels, along: direction, step: 4e-3)
        for input in 0..<3 {
            let along = zip(gradient.row(input).elements, direction.row(input).elements).reduce(0.0) {
                $0 + Double($1.0) * Double($1.1)
            }
            let size = zip(gradient.row(input).elements, direction.row(input).elements).reduce(0.0) {
                $0 + abs(Double($1.0) * Double($1.1))
            }
            #expect(abs(along - slopes[input]) <= 2e-3 * size, "\(along), by differences \(slopes[input]) of \(size)")
        }
    }

    /// Whatever else is recorded, and however the batch is shared out, gradients stay the same.
    @Test(arguments: TinyModel.Layout.allCases)
    func recordingAndSharingChangeNothing(_ layout: TinyModel.Layout) throws {
        let model = try Self.model(layout)
        let pixels = Pictures.random(3, for: model)
        let plain = try #require(
            model.gradients(
                GradientRequest(pixels: pixels, gradients: .empty, wantsPixels: true, seed: Self.seed), on: .solo
            ).pixels
        ).joined
        for flags in HookTableTests.flags {
            let plan = try HookPlan([CaptureRequest(hooks: ["*"])], for: model.architecture, flags: flags)
            for (crew, captures) in [(Crew(width: 2), plan), (Crew.solo, HookPlan([], flags))] {
                let result = model.gradients(
                    GradientRequest(
                        pixels: pixels, plan: captures, gradients: plan, wantsPixels: true, seed: Self.seed), on: crew)
                #expect(try Pictures.difference(#require(result.pixels).joined, plain) <= Pictures.rounding)
                #expect(result.gradients.map(\.name) == plan.captures.map(\.name))
                for (gradient, capture) in zip(result.gradients, plan.captures) {
                    #expect(gradient.values.shape == [3] + capture.shape, "\(gradient.name)")
                }
            }
        }
    }

    /// A hook's gradient does not depend on which others are asked for, and is of each input alone.
    @Test(arguments: TinyModel.Layout.allCases)
    func eachHooksGradientIsTheSameAlone(_ layout: TinyModel.Layout) throws {
        let model = try Self.model(layout)
        let pixels = Pictures.random(2, for: model)
        let all = HookFlags(useAttnResult: true, useSplitQKVInput: true, useAttnIn: true, useHookMLPIn: true)
        let plan = try HookPlan([CaptureRequest(hooks: ["*"])], for: model.architecture, flags: all)
        let together = model.gradients(GradientRequest(pixels: pixels, gradients: plan, seed: Self.seed), on: .solo)
        for (name, values) in together.gradients {
            let own = try HookPlan([CaptureRequest(hooks: [name])], for: model.architecture, flags: all)
            let alone = model.gradients(
                GradientRequest(
                    pixels: pixels.rows(1..<2), gradients: own, seed: { _, output in Self.seed(1, output) }),
                on: .solo)
            let gradient = try #require(alone.gradients.first).values.joined
            #expect(Pictures.difference(gradient, values.joined.rows(1..<2)) <= Pictures.rounding, "\(name)")
        }
    }

    /// Something is added at each hook in turn, and the output follows as the gradient says.
    @Test(arguments: TinyModel.Layout.allCases)
    func gradientsAtEveryHookAreTheModelsSlopes(_ layout: TinyModel.Layout) throws {
        let model = try Self.model(layout)
        let pixels = Pictures.random(1, for: model)
        let flags = HookTableTests.everyFlag
        let plan = try HookPlan([CaptureRequest(hooks: ["*"])], for: model.architecture, flags: flags)
        let result = model.gradients(GradientRequest(pixels: pixels, gradients: plan, seed: Self.seed), on: .solo)
        for (name, values) in result.gradients {
            var generator = SeededGenerator(seed: UInt64(name.count))
            let gradient = values.joined
            let direction = generator.floats(gradient.count)
            let numbers = try [Float(2e-3), -2e-3].map { step in
                let added = Tensor(shape: gradient.shape, elements: direction.map { $0 * step })
                let plan = try HookPlan(
                    [], interventions: [Intervention(name, .add(.constant(added)))], for: model.architecture,
                    flags: flags)
                let result = try #require(model.run([ForwardRequest(pixels: pixels, plan: plan)], on: .solo).first)
                return Self.number(try #require(result.output).joined.squeezed())
            }
            let slope = (numbers[0] - numbers[1]) / 4e-3
            let terms = zip(gradient.elements, direction).map { Double($0) * Double($1) }
            let (along, size) = (terms.reduce(0, +), terms.reduce(0) { $0 + abs($1) })
            // Where the inputs of heads are split, one norm is read three times, and something added at its hooks is added
            // each time, which the sum of the gradients says too.
            // An activation with a kink, as one of the models has, bends under a step.
            let allowed = 1.5e-2 * size + 5e-4 * (1 + abs(numbers[0]))
            #expect(abs(along - slope) <= allowed, "\(name): \(along), by differences \(slope) of \(size)")
        }
    }

    /// What interventions do to activations, in every form, and at the hooks whose adjoints need more than their own values.
    static let interventions: [[Intervention]] = [
        [.zero("blocks.1.hook_resid_pre", at: Selection(positions: .indices([1, 2])))],
        [.zero("blocks.0.attn.hook_pattern", at: Selection(heads: [1])), .zero("blocks.1.attn.hook_attn_scores")],
        [Intervention("blocks.*.attn.hook_pattern", .multiply(Tensor(shape: [], elements: [0.5])))],
        [Intervention("blocks.*.attn.hook_z", .set(.input(1)), inputs: [0, 2])],
        [Intervention("blocks.0.hook_resid_post", .add(.input(2)), inputs: [0, 2])],
        [Intervention("blocks.0.attn.hook_v", .set(.mean(over: .inputsAndPositions)), inputs: [1])],
        [Intervention("blocks.0.hook_attn_out", .add(.mean(over: .inputs)))],
        [Intervention("blocks.0.hook_resid_mid", .set(.mean(over: .positions)), at: .init(positions: .patches))],
        [Intervention("blocks.0.hook_mlp_out", .set(.mean(over: .positions)), inputs: [0, 2])],
        [Intervention("blocks.1.hook_resid_mid", .projectOut(Tensor(shape: [24], elements: (0..<24).map(Float.init))))],
        [
            Intervention("blocks.0.ln2.hook_scale", .multiply(Tensor(shape: [], elements: [1.5]))),
            Intervention("ln_final.hook_scale", .set(.constant(Tensor(shape: [], elements: [2])))),
        ],
        [
            Intervention(
                "blocks.*.attn.hook_result", .multiply(Tensor(shape: [], elements: [0.5])), at: .init(heads: [0]))
        ],
        [
            Intervention("blocks.0.hook_q_input", .multiply(Tensor(shape: [], elements: [0.5])), at: .init(heads: [2])),
            Intervention("blocks.0.ln1.hook_normalized", .multiply(Tensor(shape: [], elements: [2]))),
            Intervention("blocks.0.ln1.hook_scale", .multiply(Tensor(shape: [], elements: [3])), at: .init(heads: [1])),
            Intervention("blocks.1.hook_attn_in", .multiply(Tensor(shape: [], elements: [2])), at: .init(heads: [1])),
        ],
        [
            Intervention("blocks.0.mlp.hook_pre", .multiply(Tensor(shape: [], elements: [2]))),
            Intervention("blocks.0.mlp.hook_post", .add(.constant(Tensor(shape: [], elements: [1])))),
            Intervention("hook_pos_embed", .add(.constant(Tensor(shape: [], elements: [1])))),
            Intervention("hook_post_head_pre_normalize", .multiply(Tensor(shape: [], elements: [2]))),
        ],
    ]

    @Test(arguments: interventions.indices)
    func gradientsGoBackThroughInterventions(_ index: Int) throws {
        let model = try Self.model(.huggingFace)
        let pixels = Pictures.random(3, for: model)
        let direction = Pictures.random(3, for: model, seed: 8)
        let plan = try HookPlan(
            [], interventions: Self.interventions[index], for: model.architecture, flags: HookTableTests.everyFlag)
        let result = model.gradients(
            GradientRequest(pixels: pixels, plan: plan, gradients: .empty, wantsPixels: true, seed: Self.seed),
            on: Crew(width: 2))
        let terms = zip(try #require(result.pixels).joined.elements, direction.elements).map {
            Double($0) * Double($1)
        }
        // Of all numbers together, for some inputs are read by others.
        let slope = try Self.slope(model, pixels, along: direction, step: 4e-3, plan: plan).reduce(0, +)
        let (along, size) = (terms.reduce(0, +), terms.reduce(0) { $0 + abs($1) })
        #expect(abs(along - slope) <= 2e-3 * size, "\(along), by differences \(slope) of \(size)")
        let plain = model.gradients(
            GradientRequest(pixels: pixels, gradients: .empty, wantsPixels: true, seed: Self.seed), on: .solo)
        let difference = try Pictures.difference(#require(result.pixels).joined, #require(plain.pixels).joined)
        #expect(difference > 1e-3, "the interventions change nothing")
    }
}

extension HookPlan {
    /// Nothing is kept, under these flags.
    fileprivate init(_ captures: [CaptureRequest], _ flags: HookFlags) {
        self.init(records: [], rewrites: [], flags: flags, stopAtLayer: nil)
    }
}
