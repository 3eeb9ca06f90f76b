import Checkpoints
import Tensors
import TextNumbers

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

    /// A matrix of any shape, of which `inputs` terms form one sum.
    mutating func addMatrix(_ name: String, _ shape: [Int], inputs: Int) {
        add(name, shape, scale: 4 / Float(inputs).squareRoot())
    }

    mutating func addBias(_ name: String, _ shape: [Int]) { add(name, shape, scale: 0.4) }

    /// A PyTorch linear layer: weight [output, input], bias [output].
    mutating func addLinear(_ name: String, _ input: Int, _ output: Int, hasBias: Bool = true) {
        addMatrix(name + ".weight", [output, input], inputs: input)
        if hasBias { addBias(name + ".bias", [output]) }
    }

    mutating func addNorm(_ name: String, _ width: Int, weight: String = "weight", bias: String = "bias") {
        add("\(name).\(weight)", [width], mean: 1, scale: 0.6)
        add("\(name).\(bias)", [width], scale: 0.3)
    }

    /// A convolution whose patches do not overlap.
    mutating func addPatches(_ name: String, _ width: Int, _ patch: Int, channels: Int = 3, hasBias: Bool = true) {
        addMatrix(name + ".weight", [width, channels, patch, patch], inputs: channels * patch * patch)
        if hasBias { addBias(name + ".bias", [width]) }
    }

    /// Scales of what a block adds.
    mutating func addScale(_ name: String, _ width: Int) { add(name, [width], mean: 0.8, scale: 0.6) }
}

extension JSONValue {
    /// A whole number.
    static func whole(_ value: Int) -> JSONValue { .integer(Int64(value)) }
}
