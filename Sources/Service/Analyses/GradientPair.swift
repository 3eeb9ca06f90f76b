internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// Activations and gradients of a request's runs, as what changes and what follows of it: in attribution patching the clean
/// run less the corrupt one, with the corrupt one's gradients; in gradient × activation every input by itself.
struct GradientPair: Sendable {
    private let call: AttributionCall
    private let run: ModelRun
    private let metric: Metric
    private var isPatching: Bool { call.wish.method == .attributionPatching }

    /// - Parameters:
    ///   - activations: hooks whose change is wanted.
    ///   - gradients: hooks whose gradients are.
    ///   - flags: without which they do not exist.
    /// - Throws: 400 for inputs that are missing, and for a metric that is none of one run.
    init(_ call: AttributionCall, activations: [String], gradients: [String], flags: HookFlags) async throws {
        var call = call
        call.options.flags = call.options.flags.adding(flags)
        if call.wish.method == .attributionPatching { try Self.setRuns(&call) }
        self.call = call
        metric = try await call.ownMetric()
        var run = try ModelRun(
            call.service, call.loaded, call.options, captures: [CaptureRequest(hooks: activations)],
            place: { _, _ in .root })
        do {
            run.gradients = GradientAsk(
                metric: metric,
                plan: try HookPlan(
                    [CaptureRequest(hooks: gradients)], for: call.loaded.model.architecture, flags: run.plan.flags),
                wantsPixels: false)
        } catch {
            throw error.fieldError { _, _ in .root }
        }
        run.analysis = call.document(metric)
        self.run = run
    }

    private static func setRuns(_ call: inout AttributionCall) throws(FieldError) {
        guard call.options.inputs == nil else {
            throw FieldError(.pointer(JSONPointer()["inputs"]), "expected \"clean\" and \"corrupt\" in place of inputs")
        }
        let fields = call.wish.gradient
        let sources = [("clean", fields.clean), ("corrupt", fields.corrupt)]
        for (name, source) in sources where source == nil {
            throw FieldError(.pointer(JSONPointer()[name]), "method \"\(call.wish.method.rawValue)\" needs it")
        }
        call.options.inputs = sources.compactMap(\.1)
        call.options.places = sources.map { JSONPointer()[$0.0] }
    }

    /// What the request would answer. - Parameter shapes: of the tensors, for one input.
    func dryRun(_ shapes: [(name: String, shape: [Int])]) throws -> TensorAnswer {
        try run.dryRun(call.payload, shapes)
    }

    /// Change and gradients of one pair, or of one input, by hook and without a first axis.
    struct Row {
        let differences: [String: Tensor]
        let gradients: [String: Tensor]
    }

    /// The answer.
    /// - Parameters:
    ///   - labels: of the scores, in row-major order.
    ///   - score: gives [1, ...].
    func answer(
        labels: [String], listsLabels: Bool = true, _ score: @escaping @Sendable (Row, Crew) throws -> Tensor
    ) async throws -> TensorAnswer {
        guard !isPatching else {
            let (result, pixels, admission) = try await run.execute(call.payload, call.context)
            try PatchingReading.check(inputs: pixels.shape[0])
            var answer = try await answer(result, labels, listsLabels, score)
            answer.admission = admission
            return answer
        }
        return try await run.answer(call.payload, call.context) { result, _ in
            try await answer(result, labels, listsLabels, score)
        }
    }

    private func answer(
        _ result: ForwardResult, _ labels: [String], _ listsLabels: Bool,
        _ score: @escaping @Sendable (Row, Crew) throws -> Tensor
    ) async throws -> TensorAnswer {
        let scores = try await call.service.lane.analyse(call.context) { crew in
            try rows(result).map { try score($0, crew) }
        }
        let metrics = (result.output?.rows ?? []).map { metric($0.squeezed()) }
        let sums = scores.map { $0.elements.reduce(0.0) { $0 + Double($1) } }
        var answer = TensorAnswer(
            members: call.members(metric, labels: listsLabels ? labels : nil),
            perInput: [
                JSONMember("sum", .list(sums.map { AttributionWish.number($0) })),
                JSONMember(
                    "value",
                    .list((isPatching ? [metrics[0] - metrics[1]] : metrics).map { AttributionWish.number($0) })),
            ], tensors: [("scores", RowPieces(scores))])
        if isPatching {
            answer.members.append(JSONMember("metric_clean", AttributionWish.number(metrics[0])))
            answer.members.append(JSONMember("metric_corrupt", AttributionWish.number(metrics[1])))
        }
        if call.wish.top > 0 {
            answer.perInput.append(
                JSONMember("top", .list(scores.map { call.wish.top(of: labels, $0.elements) })))
        }
        answer.members.append(run.provenance)
        let title = isPatching ? "Attribution patching" : "Gradient × activation"
        if let shape = scores.first?.shape.dropFirst() {
            answer.picture = call.figure(title, labels: labels).picture(scores.map(\.elements), Array(shape))
        }
        return answer
    }

    private func rows(_ result: ForwardResult) -> [Row] {
        let tensors = Dictionary(uniqueKeysWithValues: result.captures.map { ($0.name, $0.values.rows) })
        let count = result.output?.shape[0] ?? 0
        let own = { (input: Int) in tensors.mapValues { $0[input].squeezed() } }
        guard isPatching, count == 2 else { return (0..<count).map { Self.row(own($0), own($0)) } }
        return [Self.row(own(0).merging(own(1)) { $0 - $1 }, own(1))]
    }

    private static func row(_ changes: [String: Tensor], _ run: [String: Tensor]) -> Row {
        let gradients = run.filter { $0.key.hasPrefix(GradientAsk.prefix) }
        return Row(
            differences: changes.filter { !$0.key.hasPrefix(GradientAsk.prefix) },
            gradients: Dictionary(
                uniqueKeysWithValues: gradients.map { (String($0.key.dropFirst(GradientAsk.prefix.count)), $0.value) }))
    }
}

extension FlagOverrides {
    /// With those that are on in `flags` on.
    fileprivate func adding(_ flags: HookFlags) -> FlagOverrides {
        FlagOverrides(
            useAttnResult: flags.useAttnResult ? true : useAttnResult,
            useSplitQKVInput: flags.useSplitQKVInput ? true : useSplitQKVInput,
            useAttnIn: flags.useAttnIn ? true : useAttnIn, useHookMLPIn: flags.useHookMLPIn ? true : useHookMLPIn)
    }
}
