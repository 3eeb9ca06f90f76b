internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// What takes the place of ablated activations, as a request wishes it.
struct AblationWish: Sendable {
    let value: AblationReading.Value
    let over: Intervention.Averaging?
    let seed: Int?

    static func value() -> Field<AblationReading.Value> {
        Field(
            "value", .choice(of: AblationReading.Value.self), default: "zero",
            "What takes the place of activations: zero; mean; or resample, those of another of the inputs.")
    }

    static func over() -> Field<Intervention.Averaging?> {
        Field(
            optional: "over", .choice(of: Intervention.Averaging.self),
            "What a mean is taken over: inputs unless given; positions; or inputs_and_positions.")
    }

    static func seed() -> Field<Int?> {
        Field(
            optional: "seed", .integer(0...1_000_000_000),
            "Of resample: which of the others an input takes; 0 unless given, the next one.")
    }

    /// Whether the hook's activations are needed.
    var needsActivations: Bool { value != .zero }

    /// - Throws: 400 for what the value has no use for, and for a single input that has no other.
    func check(inputs count: Int) throws(FieldError) {
        if value != .mean, over != nil {
            throw FieldError(.pointer(JSONPointer()["over"]), "\(value.rawValue) is not taken over anything")
        }
        if value != .resample, seed != nil {
            throw FieldError(.pointer(JSONPointer()["seed"]), "\(value.rawValue) draws nothing")
        }
        if value == .resample, count < 2 {
            throw FieldError(
                .pointer(JSONPointer()["inputs"]), "resample takes activations of another input: send two or more")
        }
    }

    /// - Parameter activations: of the inputs themselves, [input, ...] by hook.
    func source(_ base: SweepBase, _ sweep: Sweep) -> AblationReading.Source {
        let inputs = base.outputs.indices
        switch value {
        case .zero: return .zero
        case .resample:
            let step = 1 + (seed ?? 0) % max(inputs.count - 1, 1)
            return .stored(inputs.map { base.activations(of: ($0 + step) % inputs.count) })
        case .mean:
            let axes: Set<Int> =
                switch over ?? .inputs {
                case .inputs: [0]
                case .positions: [sweep.positionAxis]
                case .inputsAndPositions: [0, sweep.positionAxis]
                }
            let means = base.activations.filter { sweep.hooks.contains($0.key) }.mapValues { $0.mean(over: axes) }
            return .stored(
                inputs.map { input in
                    means.mapValues { $0.shape[0] == 1 ? $0 : $0.rows(input..<(input + 1)) }
                })
        }
    }
}
