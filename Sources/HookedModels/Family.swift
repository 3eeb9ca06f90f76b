internal import Checkpoints
internal import Imaging
internal import TextNumbers

/// One library's way of writing a checkpoint down: how it is recognised, what its configuration says, what its weights
/// are called, and how it prepares pictures. A family is values; the forward pass is the same for all.
public struct Family: Sendable {
    /// As `/v1/models` shows it and as a model's configuration may name it, for example `hf_vit`.
    public let name: String
    /// One sentence for people.
    public let summary: String
    /// Whether a configuration is this family's.
    let recognises: @Sendable (_ configuration: JSONValue) -> Bool
    let architecture: @Sendable (FamilyInput) throws -> Architecture
    let weights: WeightNames
    let labels: @Sendable (FamilyInput) throws -> [ClassLabel]
    let preprocessing: @Sendable (FamilyInput, Architecture) throws -> Preprocessing
}

/// What a family decides from.
struct FamilyInput {
    /// The fields of `config.json`.
    let configuration: ConfigurationFields
    /// `preprocessor_config.json`, where there is one.
    let preprocessor: JSONValue?
    /// The checkpoint's tensors: their shapes say what a configuration leaves out.
    let weights: WeightReader
    /// The name the model had on its hub; some conventions hang on it.
    let hubName: String?
}

extension WeightReader {
    /// The shape of a tensor from which sizes are taken, with as many axes as it must have.
    func shape(_ name: String, rank: Int) throws -> [Int] {
        let shape = try shape(of: name)
        guard shape.count == rank else { throw ModelError.wrongRank(tensor: key(name), found: shape, expected: rank) }
        return shape
    }

    /// The rows of a matrix, [rows, columns], that not every checkpoint has.
    func rowsIfPresent(_ name: String) throws -> Int? {
        contains(name) ? try shape(name, rank: 2)[0] : nil
    }
}

/// What a class is called.
public struct ClassLabel: Sendable, Equatable {
    /// The checkpoint's own name for it, or ImageNet's; `nil` without either.
    public let name: String?
    /// A picture of it: the checkpoint's own, or the one that ``ClassEmoji`` has for its name; `nil` without either.
    public let emoji: String?

    /// A name, an emoji, or neither.
    public init(name: String?, emoji: String? = nil) {
        self.name = name
        self.emoji = emoji
    }
}

/// What a family's tensors are called. Names within a block follow `block` and its number.
struct WeightNames: Sendable {
    enum Projection: Sendable {
        case separate(query: String, key: String, value: String)
        /// One matrix of three parts: queries, keys, values.
        case fused(String)
    }

    /// What may stand before all names but the head's: the first under which `patches` is found.
    var prefixes = [""]
    var patches: String
    var classToken: String
    /// [1, position, d_model].
    var positions: String
    var block: String
    var ln1: String
    var projection: Projection
    var attentionOutput: String
    var ln2: String
    var mlpInput: String
    var mlpOutput: String
    var lnFinal: String
    var head: String
    /// Beginnings of names of tensors that the model has no use for.
    var ignored: [String] = []
}

/// Every family that is served. A new one is a file of values and one element here.
public enum FamilyCatalog {
    /// In the order in which they are asked whether a configuration is theirs.
    public static let all: [Family] = [.huggingFaceViT, .timmViT]

    /// The family that is asked for, or the one that recognises the configuration.
    /// - Throws: ``ModelError/unknownArchitecture(found:known:)``.
    static func family(named name: String?, for configuration: JSONValue) throws(ModelError) -> Family {
        let match = name.map { name in all.first { $0.name == name } } ?? all.first { $0.recognises(configuration) }
        if let match { return match }
        throw ModelError.unknownArchitecture(found: name ?? found(in: configuration), known: all.map(\.name))
    }

    private static func found(in configuration: JSONValue) -> String {
        let named = configuration["architectures"]?[0]?.string ?? configuration["architecture"]?.string
        let type = configuration["model_type"]?.string
        return named ?? type.map { "model_type '\($0)'" } ?? "a configuration without 'architectures'"
    }
}
