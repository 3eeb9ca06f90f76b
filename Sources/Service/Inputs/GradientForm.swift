internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// `gradients`, as a request writes it: of which number, and by what.
struct GradientWish: Sendable {
    let metric: MetricWish
    let capture: CaptureRequest

    static let form = Form.object(
        "Gradients",
        "Gradients of a metric of the output by what hooks gave, `grad:` and the hook's name. At `hook_scale` the scale is the "
            + "variable and the centred stream is held.",
        fields: MetricWish.field(),
        Field(
            "hooks", .list(of: .string(length: 1...Glob.maximumLength), count: 1...1_024),
            "Names, or patterns as in captures. \"pixel_values\" is what went into the model."),
        CaptureForm.positions(), CaptureForm.heads(), CaptureForm.features(),
        make: { metric, hooks, positions, heads, features in
            GradientWish(
                metric: metric,
                capture: CaptureRequest(
                    hooks: hooks, selection: Selection(positions: positions, heads: heads, features: features)))
        })

    /// Where it stands in the document.
    private static let place = JSONPointer()["gradients"]

    /// - Parameter run: of the same request.
    /// - Throws: 400 for hooks and metrics that the model does not have, and for what has no gradient.
    func resolve(for run: ModelRun, _ builder: ClassifierBuilder) async throws -> GradientAsk {
        guard run.plan.stopAtLayer == nil else {
            throw FieldError(.pointer(Self.place), "gradients begin at the output, which stop_at_layer leaves out")
        }
        guard run.tower.tower == .vision else {
            throw FieldError(.pointer(Self.place), "metrics are of the tower of pictures; texts have no gradients")
        }
        try Self.refuseReference(metric.kind, at: Self.place["metric"])
        var hooks = capture
        hooks.hooks.removeAll { $0 == CaptureForm.pixelValues }
        let plan: HookPlan
        do {
            plan = try HookPlan(
                hooks.hooks.isEmpty ? [] : [hooks], for: run.tower.model.architecture, flags: run.plan.flags)
        } catch {
            throw error.fieldError { _, _ in self.place(of: error) }
        }
        return GradientAsk(
            metric: try await metric.resolve(builder, at: Self.place["metric"]), plan: plan,
            wantsPixels: hooks.hooks.count < capture.hooks.count)
    }

    /// - Parameter place: of the metric.
    /// - Throws: 400 for a metric that compares with another run.
    static func refuseReference(_ kind: Metric.Kind, at place: JSONPointer) throws(FieldError) {
        guard kind.needsReference else { return }
        throw FieldError(
            .pointer(place["kind"]),
            "\(kind.rawValue) compares with another run, and gradients are of one: expected one of "
                + Metric.Kind.allCases.filter { !$0.needsReference }.map { "\"\($0.rawValue)\"" }
                .joined(separator: ", "))
    }

    /// The hook at fault as the document counts it, `pixel_values` included; the selection's fields stand beside `hooks`.
    private func place(of error: HookPlanError) -> JSONPointer {
        guard case .capture(_, .some(let hook)) = error.subject else { return Self.place["hooks"] }
        let counted = capture.hooks.indices.filter { capture.hooks[$0] != CaptureForm.pixelValues }
        return Self.place["hooks"][counted.indices.contains(hook) ? counted[hook] : hook]
    }
}

/// Gradients that a run computes beside its activations.
struct GradientAsk: Sendable {
    let metric: Metric
    let plan: HookPlan
    let wantsPixels: Bool

    /// Before the names of hooks, in answers.
    static let prefix = "grad:"

    /// The gradients' names and shapes for one input.
    func shapes(_ architecture: Architecture) -> [(name: String, shape: [Int])] {
        let pixels = wantsPixels ? [(CaptureForm.pixelValues, architecture.inputShape)] : []
        return (plan.captures + pixels).map { (Self.prefix + $0.0, $0.1) }
    }

    /// - Parameter run: what is captured and changed on the way.
    func request(_ pixels: Tensor, along run: HookPlan) -> GradientRequest {
        let metric = metric
        return GradientRequest(pixels: pixels, plan: run, gradients: plan, wantsPixels: wantsPixels) { _, output in
            metric.gradient(output)
        }
    }

    /// For the provenance.
    func document(_ model: HookedModel) -> JSONValue {
        let names = MetricNames(metric: metric, model: model)
        return ["metric": metric.document(names), "captures": plan.captureDocument, "pixel_values": .bool(wantsPixels)]
    }
}

extension GradientResult {
    /// Activations, and gradients under their names in answers, as one result.
    var combined: ForwardResult {
        let pixels = self.pixels.map { [(name: CaptureForm.pixelValues, values: $0)] } ?? []
        let named = (gradients + pixels).map { (name: GradientAsk.prefix + $0.name, values: $0.values) }
        return ForwardResult(output: output, captures: captures + named)
    }
}
