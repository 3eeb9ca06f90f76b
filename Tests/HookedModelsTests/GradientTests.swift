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

    /// The directional derivative by central differences.
    private static func slope(_ model: HookedModel, _ pixels: Tensor, along direction: Tensor, step: Float) throws
        -> [Double]
    {
        let shifted = { (factor: Float) in
            let scaled = Tensor(shape: direction.shape, elements: direction.elements.map { $0 * factor })
            let output = try #require(try model.run(pixels + scaled).output).rows
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
}

extension HookPlan {
    /// Nothing is kept, under these flags.
    fileprivate init(_ captures: [CaptureRequest], _ flags: HookFlags) {
        self.init(records: [], flags: flags, stopAtLayer: nil)
    }
}
