internal import Checkpoints
internal import Tensors

/// A model held against a float64 reference: every activation that the reference has, and the output.
public struct Verification: Sendable {
    /// Which tower.
    public let tower: ReferenceActivations.Tower
    /// How many inputs it was given.
    public let inputs: Int
    /// Hooks in the order of firing, the output, and then what the model does not have.
    public let agreements: [HookAgreement]

    /// The hook that is nearest to what is allowed, or furthest beyond it; `nil` where the reference is empty.
    public var worst: HookAgreement? { agreements.max { $0.ratio < $1.ratio } }

    /// Whether there was something to compare, and all of it is near enough.
    public var isWithin: Bool { !agreements.isEmpty && agreements.allSatisfy(\.isWithin) }

    /// Gives the model the reference's input, and compares. Optional hooks exist where the reference has them.
    /// - Throws: ``ReferenceError`` where the input is not one of the model's; `CheckpointError` where a tensor cannot be
    ///   read.
    public init(_ model: HookedModel, against reference: ReferenceActivations) throws {
        let architecture = model.architecture
        try Verification.check(reference, architecture)
        let points = Dictionary(
            uniqueKeysWithValues: HookTable(possible: architecture).entries.map { ($0.point.name, $0.point) })
        let known = reference.hooks.compactMap { points[$0] }
        let flags = model.flags.union(HookFlags(enabling: known.map(\.site)))
        let plan = try HookPlan([CaptureRequest(hooks: known.map(\.name))], for: architecture, flags: flags)
        let result = model.run([ForwardRequest(pixels: reference.input, plan: plan)])[0]
        var agreements: [HookAgreement] = []
        for (hook, values) in result.captures {
            agreements.append(
                HookAgreement(
                    hook, values.joined, truth: try reference.values(of: hook),
                    float32Error: reference.float32Error(at: hook)))
        }
        if let truth = try reference.output(), let output = result.output {
            let head = agreements.first { $0.name == Site.postHead.rawValue }
            agreements.append(
                HookAgreement(
                    "output", output.joined, truth: truth,
                    float32Error: reference.float32ErrorOfOutput ?? head?.float32Error, atLeast: head?.allowed ?? 0))
        }
        let unknown = reference.hooks.filter { points[$0] == nil }
        agreements += unknown.map { HookAgreement($0, problem: "the model has no such hook") }
        tower = reference.tower
        inputs = reference.input.shape[0]
        self.agreements = agreements
    }

    private static func check(
        _ reference: ReferenceActivations, _ architecture: Architecture
    ) throws(ReferenceError) {
        let shape = reference.input.shape
        guard let count = shape.first, count > 0, shape.dropFirst() == architecture.inputShape[...] else {
            throw .inputShape(reference.tower, found: shape, expected: architecture.inputShape)
        }
        guard let vocabulary = architecture.text?.vocabulary else { return }
        let wrong = reference.input.elements.first { !($0 >= 0 && $0 < Float(vocabulary) && $0 == $0.rounded()) }
        if let wrong { throw .noSuchToken(Double(wrong), vocabulary: vocabulary) }
    }
}

extension HookFlags {
    /// Those that make the sites exist.
    init(enabling sites: [Site]) {
        let names = Set(sites.compactMap { HookFlags.name(enabling: $0) })
        self.init(
            useAttnResult: names.contains("use_attn_result"),
            useSplitQKVInput: names.contains("use_split_qkv_input"), useAttnIn: names.contains("use_attn_in"),
            useHookMLPIn: names.contains("use_hook_mlp_in"))
    }
}
