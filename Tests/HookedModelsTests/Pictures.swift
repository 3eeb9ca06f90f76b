import HookedModels
import ServiceTesting
import Tensors
import Testing

/// Inputs for models, and how to look at what comes out.
enum Pictures {
    /// [count] + the model's input shape, the same in every run.
    static func random(_ count: Int, for model: HookedModel, seed: UInt64 = 7) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        let shape = [count] + model.architecture.inputShape
        return Tensor(shape: shape, elements: generator.floats(shape.reduce(1, *)))
    }

    /// The largest difference of two tensors of one shape as a share of the largest value.
    static func difference(_ a: Tensor, _ b: Tensor) -> Float {
        guard a.shape == b.shape else { return .infinity }
        let largest = max(b.elements.map(\.magnitude).max() ?? 0, .leastNormalMagnitude)
        let differences = zip(a.elements, b.elements).map { $0 == $1 ? 0 : abs($0 - $1) }
        return (differences.reduce(0) { $1.isNaN ? .infinity : max($0, $1) }) / largest
    }

    /// What float32 may differ by when sums are formed in another order.
    static let rounding: Float = 2e-5
}

extension HookedModel {
    /// One request alone.
    func run(
        _ pixels: Tensor, capturing hooks: [String] = [], _ selection: Selection = .all, flags: HookFlags = HookFlags(),
        stopAtLayer: Int? = nil, on crew: Crew = .solo
    ) throws -> ForwardResult {
        let captures = hooks.isEmpty ? [] : [CaptureRequest(hooks: hooks, selection: selection)]
        let plan = try HookPlan(captures, for: architecture, flags: flags, stopAtLayer: stopAtLayer)
        return try #require(run([ForwardRequest(pixels: pixels, plan: plan)], on: crew).first)
    }
}

extension ForwardResult {
    /// A capture by its name.
    subscript(_ name: String) -> Tensor? { captures.first { $0.name == name }?.values.joined }
}
