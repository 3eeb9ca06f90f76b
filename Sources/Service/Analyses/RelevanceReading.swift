internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// Relevance of positions by attention and its gradient.
enum RelevanceReading {
    static func answer(_ call: AttributionCall) async throws -> TensorAnswer {
        let architecture = call.loaded.model.architecture
        let rows = try positions(call.wish.position, architecture)
        let metric = try await call.ownMetric()
        let hooks = (0..<architecture.layers).map { HookPoint(.pattern, layer: $0).name }
        var run = try ModelRun(
            call.service, call.loaded, call.options, captures: [CaptureRequest(hooks: hooks)], place: { _, _ in .root })
        run.gradients = GradientAsk(metric: metric, plan: run.plan.withoutInterventions, wantsPixels: false)
        run.analysis = call.document(metric)
        let shape = [architecture.positions]
        if call.options.isDryRun { return try run.dryRun(call.payload, [("scores", shape)]) }
        let labels = (0..<architecture.positions).map { String($0) }
        return try await run.answer(call.payload, call.context) { [run] result, _ in
            let scores = try await call.service.lane.analyse(call.context) { _ in
                let tensors = Dictionary(uniqueKeysWithValues: result.captures.map { ($0.name, $0.values.rows) })
                return (0..<(result.output?.shape[0] ?? 0)).map { input in
                    let all = { (prefix: String) in
                        hooks.compactMap { tensors[prefix + $0]?[input].squeezed() }
                    }
                    let scores = AttentionRelevance.scores(
                        patterns: all(""), gradients: all(GradientAsk.prefix), reading: rows)
                    return Tensor(shape: [1] + shape, elements: scores.map { Float($0) })
                }
            }
            var answer = TensorAnswer(
                members: call.members(metric, labels: labels),
                perInput: [
                    JSONMember(
                        "value",
                        .list((result.output?.rows ?? []).map { AttributionWish.number(metric($0.squeezed())) }))
                ], tensors: [("scores", RowPieces(scores))])
            if call.wish.top > 0 {
                answer.perInput.append(
                    JSONMember("top", .list(scores.map { call.wish.top(of: labels, $0.elements) })))
            }
            answer.members.append(run.provenance)
            answer.picture = call.figure("Relevance", labels: labels).picture(scores.map(\.elements), shape)
            return answer
        }
    }

    /// The positions that the model's pooling reads, unless one is named.
    private static func positions(_ chosen: Int?, _ architecture: Architecture) throws(FieldError) -> [Int] {
        let count = architecture.positions
        if let chosen {
            guard chosen >= -count, chosen < count else {
                throw FieldError(
                    .pointer(JSONPointer()["position"]),
                    "there is no position \(chosen): expected 0 … \(count - 1), or −\(count) … −1 from the end")
            }
            return [chosen < 0 ? chosen + count : chosen]
        }
        switch architecture.pooling {
        case .cls, .clsAndMean, .clsThenMean, .none: return [0]
        case .clsAndDistillation: return [0, 1]
        case .mean: return Array(architecture.prefixTokens..<count)
        case .meanOfAll, .attention, .endOfText: return Array(0..<count)
        }
    }
}
