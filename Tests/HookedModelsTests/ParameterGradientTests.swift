import Checkpoints
import ServiceTesting
import Tensors
import Testing

@testable import HookedModels

/// Gradients by the parameters, held against small steps of the checkpoint's own tensors: each is moved along a random
/// direction, and what follows of it for the loaded weights, times the gradients, must be what follows for the output.
@Suite struct ParameterGradientTests {
    private static let layers = 1

    /// Reads one of a checkpoint's towers.
    private typealias Loading = (TinyCheckpoint) throws -> HookedModel?

    @Test(arguments: TinyModel.Layout.allCases)
    func gradientsByEveryTensorAreTheModelsSlopes(_ layout: TinyModel.Layout) throws {
        let tiny = TinyModel(layout, layers: Self.layers, image: 16, seed: 22)
        let model = try tiny.load()
        try check(tiny.checkpoint, tiny.checkpoint.tensorsRead().map(\.name), Pictures.random(2, for: model)) {
            try $0.load()
        }
    }

    @Test(arguments: TinyModel.Layout.allCases.filter(\.hasText))
    func theSameOfTheTextTower(_ layout: TinyModel.Layout) throws {
        let tiny = TinyModel(layout, layers: Self.layers, image: 16, seed: 23)
        let tower = try #require(try tiny.loadText())
        let text = try #require(tower.architecture.text)
        let ids = Tensor(shape: [3, text.context]) { target in
            for index in target.indices { target[index] = Float((index * 7 + 3) % text.vocabulary) }
        }
        try check(tiny.checkpoint, tiny.checkpoint.tensorsRead(byText: true).map(\.name), ids) { try $0.loadText() }
    }

    private func check(
        _ checkpoint: TinyCheckpoint, _ names: [String], _ input: Tensor, _ load: Loading
    ) throws {
        let model = try #require(try load(checkpoint))
        let result = model.gradients(
            GradientRequest(
                pixels: input, gradients: .empty, wantsParameters: true, seed: GradientTests.seed), on: Crew(width: 2))
        #expect(result.parameters.map(\.name) == model.weights.map(\.name), "each weight has a gradient")
        for (parameter, weight) in zip(result.parameters, model.weights) {
            #expect(parameter.gradient.shape == weight.shape, "\(weight.name)")
        }
        for name in names {
            var generator = SeededGenerator(seed: UInt64(name.count))
            let index = try #require(checkpoint.tensors.firstIndex { $0.name == name })
            let original = checkpoint.tensors[index].value.tensor
            let direction = generator.floats(original.count)
            let moved = try [Float(1e-3), -1e-3].map { step in
                var copy = checkpoint
                let elements = zip(original.elements, direction).map { $0 + step * $1 }
                copy.tensors[index].value = ArrayValue(Tensor(shape: original.shape, elements: elements))
                return try #require(try load(copy))
            }
            let number = try moved.map { model in
                try #require(try model.run(input).output).rows.reduce(0) { $0 + GradientTests.number($1.squeezed()) }
            }
            var (along, size) = (0.0, 0.0)
            for (index, gradient) in result.parameters.enumerated() {
                let (ahead, behind) = (moved[0].weights[index].tensor(), moved[1].weights[index].tensor())
                for (slope, step) in zip(gradient.gradient.elements, zip(ahead.elements, behind.elements)) {
                    along += Double(slope) * (Double(step.0) - Double(step.1))
                    size += abs(Double(slope) * (Double(step.0) - Double(step.1)))
                }
            }
            let change = number[0] - number[1]
            // The passes themselves are rounded: a bias of the keys, which changes nothing, seems to change that much.
            let rounding = 1e-6 * (1 + abs(number[0]))
            #expect(
                abs(along - change) <= 5e-3 * size + rounding, "\(name): \(along), by differences \(change) of \(size)")
        }
    }
}
