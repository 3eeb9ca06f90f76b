internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// Integrated gradients of positions: by their patches' pixels, or by the stream that enters a layer.
struct IntegratedReading: Sendable {
    private let call: AttributionCall
    private let metric: Metric
    private let method: IntegratedGradients
    /// The stream that enters it; `nil` for the pixels.
    private let layer: Int?
    private var model: HookedModel { call.loaded.model }

    private static let usualSteps = 20

    static func answer(_ call: AttributionCall) async throws -> TensorAnswer {
        let reading = try await IntegratedReading(call)
        return try await reading.answer()
    }

    private init(_ call: AttributionCall) async throws {
        var call = call
        let layers = call.loaded.model.architecture.layers
        if let layer = call.wish.gradient.layer, !(0..<layers).contains(layer) {
            throw FieldError(
                .pointer(JSONPointer()["layer"]), "there is no layer \(layer): expected 0 … \(layers - 1)")
        }
        guard call.options.interventions.isEmpty else {
            throw FieldError(
                .pointer(JSONPointer()["interventions"]), "integrated gradients are of the model as it is")
        }
        if let baseline = call.wish.gradient.baseline {
            guard let inputs = call.options.inputs else {
                throw FieldError(.pointer(JSONPointer()["baseline"]), "expected beside \"inputs\" in the document")
            }
            call.options.inputs = inputs + [baseline]
            call.options.places = inputs.indices.map { JSONPointer()["inputs"][$0] } + [JSONPointer()["baseline"]]
        }
        self.call = call
        layer = call.wish.gradient.layer
        method = IntegratedGradients(steps: call.wish.gradient.steps ?? Self.usualSteps)
        metric = try await call.ownMetric()
    }

    private func answer() async throws -> TensorAnswer {
        let hooks = layer.map { [CaptureRequest(hooks: [HookPoint(.residPre, layer: $0).name])] } ?? []
        var run = try ModelRun(call.service, call.loaded, call.options, captures: hooks, place: { _, _ in .root })
        run.analysis = call.document(metric)
        let shape = [model.architecture.positions]
        if call.options.isDryRun { return try run.dryRun(call.payload, [("scores", shape)]) }
        run.alsoWorking = HookPlan.empty.workingBytes(
            inputs: method.steps, of: model.architecture, threads: Threads.crew.width, goesBack: true)
        let (result, pixels, admission) = try await run.execute(call.payload, call.context)
        let ends = layer == nil ? pixels : result.captures[0].values.joined
        let nothing = try await nothing(run, like: pixels)
        var outcomes: [Outcome] = []
        let hasBaseline = call.wish.gradient.baseline != nil
        for input in 0..<(pixels.shape[0] - (hasBaseline ? 1 : 0)) {
            try Task.checkCancellation()
            let x = ends.row(input)
            let baseline = hasBaseline ? ends.row(pixels.shape[0] - 1) : nothing
            let own = pixels.row(input)
            outcomes.append(
                try await call.service.lane.analyse(call.context) { crew in
                    try outcome(from: baseline, to: x, pixels: own, on: crew)
                })
        }
        var answer = answer(outcomes)
        answer.members.append(run.provenance)
        answer.admission = admission
        return answer
    }

    /// Where the way begins when no baseline is given: a picture of zeros, or the stream that it gives. A stream of zeros
    /// would not do: norms see no difference on the way from there until its very end.
    private func nothing(_ run: ModelRun, like pixels: Tensor) async throws -> Tensor {
        let zeros = Tensor(repeating: 0, shape: [1] + pixels.shape.dropFirst())
        guard layer != nil else { return zeros.squeezed() }
        return try await run.pass(zeros, call.context).captures[0].values.joined.squeezed()
    }

    /// What one input gave.
    private struct Outcome: Sendable {
        /// [position].
        let scores: [Double]
        let value: Double
        let baseline: Double
        var sum: Double { scores.reduce(0, +) }
    }

    private func outcome(
        from baseline: Tensor, to x: Tensor, pixels: Tensor, on crew: Crew
    ) throws -> Outcome {
        let steps = method.steps
        // Both ends ride along, for the metric there.
        let rows = Tensor.concatenated([
            method.path(from: baseline, to: x), baseline.unsqueezed(), x.unsqueezed(),
        ])
        let metric = metric
        let seed: GradientRequest.Seed = { _, output in metric.gradient(output) }
        let gradients: Tensor
        let output: RowPieces
        if let layer {
            let hook = HookPoint(.residPre, layer: layer).name
            let architecture = model.architecture
            let result = model.gradients(
                GradientRequest(
                    pixels: Tensor.concatenated(Array(repeating: pixels.unsqueezed(), count: steps + 2)),
                    plan: try HookPlan(
                        [], interventions: [Intervention(hook, .set(.constant(rows)))], for: architecture),
                    gradients: try HookPlan([CaptureRequest(hooks: [hook])], for: architecture), seed: seed),
                on: crew)
            (gradients, output) = (result.gradients[0].values.joined, result.output)
        } else {
            let result = model.gradients(
                GradientRequest(pixels: rows, gradients: .empty, wantsPixels: true, seed: seed), on: crew)
            (gradients, output) = (result.pixels?.joined ?? rows, result.output)
        }
        let parts = method.attributions(from: baseline, to: x, gradients.rows(0..<steps))
        let ends = output.rows.suffix(2).map { metric($0.squeezed()) }
        return Outcome(scores: byPosition(parts), value: ends[1], baseline: ends[0])
    }

    /// Sums over a position's features, or over a patch's pixels; tokens before the patches have none of those.
    private func byPosition(_ parts: Tensor) -> [Double] {
        let architecture = model.architecture
        if layer != nil { return parts.rowSums }
        let patches = parts.unsqueezed().patches(architecture.patch.height, architecture.patch.width).squeezed()
        return Array(repeating: 0, count: architecture.prefixTokens) + patches.rowSums
    }

    private func answer(_ outcomes: [Outcome]) -> TensorAnswer {
        let labels = (0..<model.architecture.positions).map { String($0) }
        let list = { (pick: (Outcome) -> Double) in JSONValue.list(outcomes.map { AttributionWish.number(pick($0)) }) }
        let scores = outcomes.map { outcome in
            Tensor(shape: [1, outcome.scores.count], elements: outcome.scores.map { Float($0) })
        }
        var answer = TensorAnswer(
            members: call.members(metric, labels: labels),
            perInput: [
                JSONMember("sum", list(\.sum)), JSONMember("constant", list(\.baseline)),
                JSONMember("value", list(\.value)), JSONMember("residue", list { $0.value - $0.baseline - $0.sum }),
            ], tensors: [("scores", RowPieces(scores))])
        if call.wish.top > 0 {
            answer.perInput.append(JSONMember("top", .list(scores.map { call.wish.top(of: labels, $0.elements) })))
        }
        answer.picture = call.figure("Integrated gradients", labels: labels)
            .picture(scores.map(\.elements), [labels.count])
        return answer
    }
}

extension Tensor {
    /// Of a matrix, the sum of each row in float64.
    fileprivate var rowSums: [Double] {
        (0..<shape[0]).map { row($0).elements.reduce(0.0) { $0 + Double($1) } }
    }
}
