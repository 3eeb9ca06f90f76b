internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// One analysis of a stored cache, made ready: its fields checked and its numbers resolved.
struct CacheAnalysisReading: Sendable {
    let cache: StoredCache
    let wish: CacheAnalysisWish
    let model: HookedModel
    /// Of `logit_attrs`.
    let metric: Metric?
    /// Bytes that an answer may have.
    let limit: Int
    let activations: RecordedActivations
    /// Which of the model's positions; `nil` for all that were kept.
    let positions: [Int]?
    /// `nil` for all.
    let neurons: [Int]?

    /// - Throws: 400 for a field that does not fit the analysis, the model or the cache.
    init(_ wish: CacheAnalysisWish, of cache: StoredCache, _ model: HookedModel, metric: Metric?, limit: Int) throws {
        (self.wish, self.cache, self.model, self.metric, self.limit) = (wish, cache, model, metric, limit)
        let architecture = model.architecture
        let kept = cache.positions(of: architecture)
        if kept == nil, ![.stackActivation, .accumulatedBias, .residualDirections].contains(wish.analysis) {
            throw FieldError(
                .pointer(JSONPointer()["analysis"]),
                "the cache keeps one number for all positions (reduce); this needs the positions themselves")
        }
        var captures = cache.hooks.map { ($0.name, $0.values) }
        if let inputs = wish.inputs {
            let chosen = try Self.resolved(inputs, "inputs", "input", cache.inputs)
            captures = captures.map { name, values in (name, RowPieces(chosen.map { values.row($0) })) }
        }
        activations = RecordedActivations(captures, positions: kept ?? [], of: model)
        neurons = try wish.neurons.map { try Self.resolved($0, "neurons", "neuron", architecture.neurons) }
        switch wish.position {
        case nil, .several(.all): positions = nil
        case .one(let position): positions = [try Self.place(position, JSONPointer()["position"], architecture)]
        case .several(.indices(let indices)):
            positions = try indices.enumerated().map {
                try Self.place($1, JSONPointer()["position"][$0], architecture)
            }
        case .several(.patches): positions = Array(architecture.prefixTokens..<architecture.positions)
        case .several(.cls):
            guard architecture.hasClassToken else {
                throw FieldError(.pointer(JSONPointer()["position"]), "the model has no class token")
            }
            positions = [0]
        }
    }

    private static func resolved(_ indices: [Int], _ field: String, _ noun: String, _ count: Int) throws -> [Int] {
        try indices.enumerated().map { place, index in
            guard index >= -count, index < count else {
                throw FieldError(
                    .pointer(JSONPointer()[field][place]), "there is no \(noun) \(index): expected 0 … \(count - 1)")
            }
            return index < 0 ? index + count : index
        }
    }

    private static func place(_ position: Int, _ pointer: JSONPointer, _ architecture: Architecture) throws -> Int {
        let count = architecture.positions
        guard position >= -count, position < count else {
            throw FieldError(.pointer(pointer), "there is no position \(position): expected 0 … \(count - 1)")
        }
        return position < 0 ? position + count : position
    }

    /// The answer.
    /// - Throws: 400 for what the cache does not hold, with what would have to be captured; 413 where it would be too large.
    func answer() throws -> TensorAnswer {
        do {
            var answer = try computed()
            let members = [
                JSONMember("cache", .string(cache.id)), JSONMember("analysis", .string(wish.analysis.rawValue)),
            ]
            answer.members = members + answer.members + [JSONMember("provenance", cache.provenance)]
            return answer
        } catch let error as StreamError {
            let fields: [StreamError.Subject: String] = [
                .layer: "layer", .mlpInput: "mlp_input", .position: "position", .norm: "apply_ln", .hook: "hook",
                .analysis: "analysis", .axis: "analysis", .metric: "metric",
            ]
            throw error.problem(fields) { "the cache has no '\($0)', which this needs: capture that too" }
        }
    }

    private func computed() throws -> TensorAnswer {
        switch wish.analysis {
        case .computeHeadResults:
            let streams = try ResidualDecomposition(activations, positions: positions)
            try weigh([positionCount, model.architecture.heads, model.architecture.width])
            return answer(try streams.headResults(layer: wish.layer ?? 0), ["input", "position", "head", "feature"])
        case .residualDirections: return try directions()
        case .neuronResults:
            let streams = try ResidualDecomposition(activations, positions: positions)
            try weigh([positionCount, neurons?.count ?? model.architecture.neurons, model.architecture.width])
            let results = try streams.neuronResults(layer: wish.layer ?? 0, neurons: neurons)
            return answer(results, ["input", "position", "neuron", "feature"])
        case .stackActivation: return try stackedActivation()
        case .accumulatedBias:
            let bias = try ResidualDecomposition(activations).accumulatedBias(
                layer: wish.layer, mlpInput: wish.mlpInput ?? false, includesMLP: wish.includesMLPBiases ?? true)
            return answer(bias, ["feature"])
        case .logitAttrs: return try logitAttrs()
        default: return try stack(wish.analysis.stack ?? .decomposeResid)
        }
    }

    private func stack(_ kind: CacheAnalysis.Stack) throws -> TensorAnswer {
        let streams = try ResidualDecomposition(activations, positions: positions)
        let parts = try self.parts(kind, of: streams, positions: positionCount)
        let axes = ["component", "input", "position", "feature"]
        guard wish.appliesLN == true else { return answer(parts.tensor, axes, labels: parts.labels) }
        let (scaled, bias) = try streams.applyLN(
            to: parts, wish.norm ?? .prisma, layer: wish.layer, mlpInput: wish.mlpInput ?? false)
        var answer = answer(scaled.tensor, axes, labels: parts.labels)
        if let bias { answer.tensors.append(("ln_bias", RowPieces([bias]))) }
        return answer
    }

    /// The parts of a stream, as they are.
    /// - Parameter count: positions that are looked at.
    func parts(
        _ kind: CacheAnalysis.Stack, of streams: ResidualDecomposition, positions count: Int
    ) throws -> ComponentStack {
        let mlpInput = wish.mlpInput ?? false
        let layer = try streams.resolved(wish.layer, mlpInput: mlpInput)
        try weigh([self.count(of: kind, before: layer), count, model.architecture.width])
        return switch kind {
        case .accumulatedResid:
            try streams.accumulatedResid(layer: layer, includesMid: wish.includesMid ?? false, mlpInput: mlpInput)
        case .decomposeResid:
            try streams.decomposeResid(
                layer: layer, mlpInput: mlpInput, mode: wish.mode ?? .all,
                includesEmbeddings: wish.includesEmbeddings ?? true)
        case .stackHeadResults:
            try streams.stackHeadResults(layer: layer, includesRemainder: wish.includesRemainder ?? false)
        case .stackNeuronResults:
            try streams.stackNeuronResults(
                layer: layer, neurons: neurons, includesRemainder: wish.includesRemainder ?? false)
        case .fullResidDecomposition:
            try streams.fullResidDecomposition(
                layer: layer, mlpInput: mlpInput, expandsNeurons: wish.expandsNeurons ?? true)
        }
    }

    /// The most parts that there can be.
    private func count(of kind: CacheAnalysis.Stack, before layer: Int) -> Int {
        let architecture = model.architecture
        let neurons = layer * (neurons?.count ?? architecture.neurons)
        return switch kind {
        case .accumulatedResid, .decomposeResid: 2 * layer + 3
        case .stackHeadResults: layer * architecture.heads + 1
        case .stackNeuronResults: neurons + 1
        case .fullResidDecomposition:
            (layer + 1) * architecture.heads + (wish.expandsNeurons ?? true ? neurons : layer) + 3
        }
    }

    private var positionCount: Int { positions?.count ?? activations.positions.count }
    private var inputCount: Int { wish.inputs?.count ?? cache.inputs }

    /// - Parameter shape: of what one input gives.
    func weigh(_ shape: [Int]) throws(Problem) {
        let bytes = HookPlan.bytes(of: [shape], inputs: inputCount)
        if bytes > limit { throw TensorAnswer.tooLarge(bytes, limit: limit) }
    }
}
