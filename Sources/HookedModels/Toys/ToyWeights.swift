public import Checkpoints
internal import Foundation
internal import Tensors
internal import TextNumbers

/// The weights of a toy model: drawn at random as ViT-Prisma draws them when a model is made of its configuration alone
/// (weight_type "he"), from the configuration's `seed`.
///
/// Attention is Xavier-uniform over [head, row, column] with torch's fans (row · column and head · column); the MLP, the
/// head and the patches are normal with √(2 / columns); biases are 0, norms 1; class token and positions have the
/// deviations that the configuration names.
struct ToyWeights {
    private let architecture: Architecture
    private let fields: ConfigurationFields
    private var numbers: SeededNumbers
    private var tensors: [(name: String, value: ArrayValue)] = []

    /// Far above any toy; more is no toy but a checkpoint that lost its weights.
    private static let maximumParameters = 1 << 27

    /// - Throws: ``ModelError`` for a configuration that makes no toy.
    static func tensors(
        _ architecture: Architecture, _ fields: ConfigurationFields
    ) throws -> [(name: String, value: ArrayValue)] {
        if let kind = try fields.string("weight_type"), kind != "he" { throw fields.wrong("weight_type", "he") }
        let seed = try fields.int("seed", 0...Int(Int32.max)) ?? 0
        let block =
            4 * architecture.width * architecture.heads * architecture.headWidth
            + 2 * architecture.width * architecture.neurons
        let (total, overflow) = block.multipliedReportingOverflow(by: architecture.layers)
        guard !overflow, total <= maximumParameters, architecture.positions * architecture.width <= maximumParameters
        else { throw ModelError.unserved("random weights for more than \(maximumParameters) parameters") }
        var toy = ToyWeights(
            architecture: architecture, fields: fields, numbers: SeededNumbers(seed: UInt64(seed)))
        try toy.draw()
        return toy.tensors
    }

    private init(architecture: Architecture, fields: ConfigurationFields, numbers: SeededNumbers) {
        (self.architecture, self.fields, self.numbers) = (architecture, fields, numbers)
    }

    private mutating func draw() throws {
        let (width, patch) = (architecture.width, architecture.patch)
        let terms = architecture.channels * patch.height * patch.width
        if architecture.hasClassToken {
            normal("cls_token", [1, 1, width], try fields.double("cls_std") ?? 1e-6)
        }
        normal("pos_embed.W_pos", [architecture.positions, width], try fields.double("pos_std") ?? 0.02)
        normal(
            "embed.proj.weight", [width, architecture.channels, patch.height, patch.width],
            (2 / Double(terms)).squareRoot())
        constant("embed.proj.bias", [width], 0)
        if architecture.hasPreNorm { norm("ln_pre", width) }
        for layer in 0..<architecture.layers { block("blocks.\(layer).") }
        if architecture.hasFinalNorm { norm("ln_final", width) }
        if let classes = architecture.classes { linear("head.", "H", width, classes) }
    }

    private mutating func block(_ prefix: String) {
        let (width, heads, headWidth) = (architecture.width, architecture.heads, architecture.headWidth)
        norm(prefix + "ln1", width)
        for letter in ["Q", "K", "V"] {
            xavier(prefix + "attn.W_" + letter, [heads, width, headWidth])
            constant(prefix + "attn.b_" + letter, [heads, headWidth], 0)
        }
        xavier(prefix + "attn.W_O", [heads, headWidth, width])
        constant(prefix + "attn.b_O", [width], 0)
        guard !architecture.isAttentionOnly else { return }
        norm(prefix + "ln2", width)
        linear(prefix + "mlp.", "in", width, architecture.neurons)
        if architecture.hasSoLU { norm(prefix + "mlp.ln", architecture.neurons) }
        linear(prefix + "mlp.", "out", architecture.neurons, width)
    }

    private mutating func linear(_ prefix: String, _ name: String, _ input: Int, _ output: Int) {
        normal(prefix + "W_" + name, [input, output], (2 / Double(output)).squareRoot())
        constant(prefix + "b_" + name, [output], 0)
    }

    private mutating func norm(_ name: String, _ width: Int) {
        guard architecture.normalization == .layerNorm else { return }
        constant(name + ".w", [width], 1)
        constant(name + ".b", [width], 0)
    }

    private mutating func xavier(_ name: String, _ shape: [Int]) {
        let (fanIn, fanOut) = (shape[1] * shape[2], shape[0] * shape[2])
        fill(name, shape) { $0.uniform(bound: (6 / Double(fanIn + fanOut)).squareRoot()) }
    }

    private mutating func normal(_ name: String, _ shape: [Int], _ deviation: Double) {
        fill(name, shape) { $0.normal(deviation: deviation) }
    }

    private mutating func constant(_ name: String, _ shape: [Int], _ value: Float) {
        fill(name, shape) { _ in value }
    }

    private mutating func fill(_ name: String, _ shape: [Int], _ next: (inout SeededNumbers) -> Float) {
        var numbers = numbers
        let tensor = Tensor(shape: shape) { target in
            for index in target.indices { target[index] = next(&numbers) }
        }
        self.numbers = numbers
        tensors.append((name, ArrayValue(tensor)))
    }
}

extension Checkpoint {
    /// Opens what a model is made of: a checkpoint; or a folder with the configuration of one of ViT-Prisma's toy models
    /// and no weights, which are then drawn from its `seed`.
    /// - Throws: `CheckpointError`, ``ModelError``.
    public static func ofModel(path: String) throws -> Checkpoint {
        do throws(CheckpointError) {
            return try Checkpoint(path: path)
        } catch {
            guard case .noWeights = error.reason,
                let data = FileManager.default.contents(atPath: path + "/config.json"), data.count <= 1 << 20,
                let configuration = try? JSONValue.parse([UInt8](data)), Family.prismaViT.recognises(configuration)
            else { throw error }
            return try toy(configuration, name: path.split(separator: "/").last.map(String.init) ?? path)
        }
    }

    private static func toy(_ configuration: JSONValue, name: String) throws -> Checkpoint {
        let fields = ConfigurationFields(configuration, file: "config.json")
        let empty = try SafetensorsBytes(SafetensorsWriter([]).pieces.joined, name: name)
        let input = FamilyInput(
            configuration: fields, preprocessor: nil,
            weights: WeightReader(Checkpoint(config: configuration, weights: empty)),
            hubName: nil)
        let architecture = try Family.prismaViT.architecture(input)
        try architecture.validate(file: "config.json")
        let tensors = try ToyWeights.tensors(architecture, fields)
        let weights = try SafetensorsBytes(SafetensorsWriter(tensors).pieces.joined, name: name)
        return Checkpoint(config: configuration, weights: weights)
    }
}
