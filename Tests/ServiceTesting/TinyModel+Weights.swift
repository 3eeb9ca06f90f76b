import Checkpoints
import Tensors

/// Draws tensors one after the other, each scaled so that activations keep their size from layer to layer.
struct TinyWeights {
    private var generator: SeededGenerator
    private(set) var tensors: [(name: String, value: ArrayValue)] = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// Evenly spread around `mean`.
    mutating func add(_ name: String, _ shape: [Int], mean: Float = 0, scale: Float) {
        let elements = generator.floats(shape.reduce(1, *), scale: scale).map { $0 + mean }
        tensors.append((name, ArrayValue(Tensor(shape: shape, elements: elements))))
    }

    /// A PyTorch linear layer: weight [output, input], bias [output].
    mutating func addLinear(_ name: String, _ input: Int, _ output: Int) {
        add(name + ".weight", [output, input], scale: 4 / Float(input).squareRoot())
        add(name + ".bias", [output], scale: 0.4)
    }

    mutating func addNorm(_ name: String, _ width: Int) {
        add(name + ".weight", [width], mean: 1, scale: 0.6)
        add(name + ".bias", [width], scale: 0.3)
    }

    /// A convolution whose patches do not overlap.
    mutating func addPatches(_ name: String, _ width: Int, _ patch: Int) {
        add(name + ".weight", [width, 3, patch, patch], scale: 4 / Float(3 * patch * patch).squareRoot())
        add(name + ".bias", [width], scale: 0.4)
    }
}
