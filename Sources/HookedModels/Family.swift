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
    /// What its tensors are called, which may hang on what the checkpoint holds.
    let weights: @Sendable (FamilyInput) throws -> WeightNames
    let labels: @Sendable (FamilyInput) throws -> [ClassLabel]
    let preprocessing: @Sendable (FamilyInput, Architecture) throws -> Preprocessing
    /// The text tower; `nil` for families that read pictures alone.
    var text: TextTower?
    /// Optional hooks that the checkpoint itself switches on.
    var flags: @Sendable (FamilyInput) throws -> HookFlags = { _ in HookFlags() }
}

/// How a family writes its text tower down.
struct TextTower: Sendable {
    /// `nil` where a checkpoint has none.
    let architecture: @Sendable (FamilyInput) throws -> Architecture?
    let weights: WeightNames
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
    /// What the shapes of the tensors tell; `nil` until it is known what they are called.
    var tensorSizes: TensorSizes?

    /// Sizes out of the tensors, and out of these fields where they do not tell.
    func sizes(_ fields: ConfigurationFields) -> ModelSizes { ModelSizes(tensorSizes ?? TensorSizes(), fields) }

    /// The classes of a classifier; `nil` where there is none, and the model ends with its features.
    func classifier(_ tensor: String = "classifier.weight") throws -> Int? {
        guard weights.contains(tensor) else { return nil }
        var sizes = sizes(configuration)
        return try sizes.told(.classes, stated: configuration.value["num_classes"]?.int)
    }
}

extension WeightReader {
    /// The shape of a tensor from which sizes are taken, with as many axes as it must have.
    func shape(_ name: String, rank: Int) throws -> [Int] {
        let shape = try shape(of: name)
        guard shape.count == rank else { throw ModelError.wrongRank(tensor: key(name), found: shape, expected: rank) }
        return shape
    }

    /// Which tokens a table of positions is for, by how many it has.
    func positioned(_ name: String, _ architecture: Architecture) throws -> Architecture.Positioned {
        let count = try shape(of: name).dropLast().last ?? 0
        if count == architecture.positions { return .all }
        return count == architecture.patches ? .patches : .classAndPatches
    }

    /// Whether there is anything below a name: a layer of which a part is missing is still meant to be there.
    func hasAny(_ name: String) -> Bool { !self[name].unused.isEmpty }

    /// Below the first of some prefixes under which there is anything; at this place itself where there is nothing under
    /// any, or one is empty. What is missed there is then named in full, whichever tensor it is.
    func under(_ prefixes: [String]) -> WeightReader {
        let first = prefixes.first { $0.isEmpty || hasAny($0) } ?? ""
        return first.isEmpty ? self : self[first]
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

/// Every family that is served. A new one is a file of values and one element here.
public enum FamilyCatalog {
    /// In the order in which they are asked whether a configuration is theirs.
    public static let all: [Family] = [
        .huggingFaceViT, .huggingFaceCLIP, .openCLIP, .dinov2, .sigLIP, .timmViT, .prismaViT,
    ]

    /// The family that is asked for, or the one that recognises the configuration.
    /// - Throws: ``ModelError/unknownArchitecture(found:known:)``.
    static func family(
        named name: String?, for configuration: JSONValue, among all: [Family]
    ) throws(ModelError) -> Family {
        let match = name.map { name in all.first { $0.name == name } } ?? all.first { $0.recognises(configuration) }
        if let match { return match }
        throw ModelError.unknownArchitecture(found: name ?? found(in: configuration), known: all.map(\.name))
    }

    /// The family of a checkpoint, and what it decides from.
    static func read(
        _ checkpoint: Checkpoint, _ options: ModelOptions, among families: [Family] = all
    ) throws -> (Family, FamilyInput) {
        let weights = WeightReader(checkpoint)
        let isOurs = checkpoint.config.map { config in
            families.allSatisfy { $0.name == Family.prismaViT.name || !$0.recognises(config) }
        }
        if isOurs ?? true, let refusal = OlderPrisma.refusal(of: weights) { throw refusal }
        guard let configuration = checkpoint.config else { throw ModelError.noConfiguration }
        let input = FamilyInput(
            configuration: ConfigurationFields(configuration, file: "config.json"),
            preprocessor: checkpoint.preprocessor, weights: weights, hubName: options.hubName)
        return (try family(named: options.family, for: configuration, among: families), input)
    }

    private static func found(in configuration: JSONValue) -> String {
        let named = configuration["architectures"]?[0]?.string ?? configuration["architecture"]?.string
        let type = configuration["model_type"]?.string
        return named ?? type.map { "model_type '\($0)'" } ?? "a configuration without 'architectures'"
    }
}
