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
    /// A stored cache that means and other inputs' activations are taken from; `nil` for the request's own inputs.
    let cache: String?

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

    static func cache() -> Field<String?> {
        Field(
            optional: "cache", .string(length: 1...128),
            "Of mean and resample: a stored cache to take them from, in place of the request's own inputs.")
    }

    /// Whether the hook's activations are needed.
    var needsActivations: Bool { value != .zero && cache == nil }

    /// - Throws: 400 for what the value has no use for, and for a single input that has no other.
    func check(inputs count: Int) throws(FieldError) {
        if value != .mean, over != nil {
            throw FieldError(.pointer(JSONPointer()["over"]), "\(value.rawValue) is not taken over anything")
        }
        if value != .resample, seed != nil {
            throw FieldError(.pointer(JSONPointer()["seed"]), "\(value.rawValue) draws nothing")
        }
        if value == .zero, cache != nil {
            throw FieldError(.pointer(JSONPointer()["cache"]), "zero takes nothing from anywhere")
        }
        if value == .mean, over == .positions, cache != nil {
            throw FieldError(
                .pointer(JSONPointer()["over"]),
                "a mean over the positions of each input is of that input, not of a cache")
        }
        if value == .resample, cache == nil, count < 2 {
            throw FieldError(
                .pointer(JSONPointer()["inputs"]), "resample takes activations of another input: send two or more")
        }
    }

    /// - Parameter values: of the cache, where there is one.
    func source(_ base: SweepBase, _ sweep: Sweep, _ values: CachedValues?) throws -> AblationReading.Source {
        let inputs = base.outputs.indices
        if let values { return try source(inputs, sweep, values) }
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

    private func source(
        _ inputs: Range<Int>, _ sweep: Sweep, _ values: CachedValues
    ) throws -> AblationReading.Source {
        let place = JSONPointer()["cache"]
        let hooks = "{" + sweep.hooks.joined(separator: ",") + "}"
        if value == .mean {
            let means = try values.means(hooks, over: over ?? .inputs, at: place)
            return .stored(inputs.map { _ in means })
        }
        let all = try values.activations(hooks, at: place)
        return .stored(
            inputs.map { input in
                let other = (input + (seed ?? 0)) % max(values.cache.inputs, 1)
                return all.mapValues { $0.rows(other..<(other + 1)) }
            })
    }
}
