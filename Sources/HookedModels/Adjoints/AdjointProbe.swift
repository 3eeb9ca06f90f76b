internal import Tensors

/// What an adjoint pass carries along: what the forward pass kept, who wants the gradient at which hook, and the sums of the
/// parameters' gradients. It goes through the hooks of the forward pass in reverse.
struct AdjointProbe: ~Copyable {
    /// What the forward pass kept.
    let tape: Tape
    /// Whether the gradient by the model's input is asked for.
    let wantsInput: Bool
    /// `nil` where they are not asked for.
    var parameters: ParameterGradients?
    /// Records gradients as another one does activations.
    private var recorder: Probe
    private let plan: HookPlan
    /// What changed activations on the way forward, in the order in which it acted.
    private let rewrites: [HookPoint: [Rewrite]]
    private let firstInput: Int

    /// - Parameters:
    ///   - request: its hooks are kept, for all rows of the share.
    ///   - inputs: which of the request's inputs the share has.
    init(
        _ request: GradientRequest, inputs: Range<Int>, tape: Tape, parameters: ParameterGradients?, layers: Int,
        crew: Crew
    ) {
        self.tape = tape
        self.parameters = parameters
        wantsInput = request.wantsPixels
        plan = request.gradients
        rewrites = Dictionary(grouping: request.plan.rewrites, by: \.point)
        firstInput = inputs.lowerBound
        recorder = Probe(
            [Probe.Part(rows: 0..<inputs.count, firstInput: firstInput, plan: plan)], layers: layers, crew: crew)
    }

    /// The threads that a product may be split over.
    var crew: Crew { recorder.crew }

    /// Whether anyone wants the gradient there, or something was changed there; if not, it need not be materialised.
    func wants(_ site: Site, _ layer: Int? = nil) -> Bool {
        recorder.wants(site, layer) || rewrites[HookPoint(site, layer: layer)] != nil
    }

    /// Whether the gradient goes through each head's own copy of the stream: the forward pass made them, or someone wants
    /// to see the gradient there.
    func usesHeadInputs(_ layer: Int) -> Bool {
        guard tape.all(.qInput, layer).isEmpty else { return true }
        let sites: [Site] = [.attnIn, .qInput, .kInput, .vInput, .ln1Scale, .ln1Normalized]
        return plan.flags.hasHeadInputs && recorder.wantsAny(sites, layer)
    }

    /// Hands over the gradient by what a hook gave to the rest of the pass, then goes back through what was changed there.
    mutating func visitGradient(_ site: Site, _ layer: Int? = nil, _ gradient: inout Tensor) {
        record(site, layer, gradient)
        undoRewrites(site, layer, &gradient)
    }

    /// The first half of a visit.
    mutating func record(_ site: Site, _ layer: Int?, _ gradient: Tensor) {
        var gradient = gradient
        recorder.visit(site, layer, &gradient)
    }

    /// The second half: the gradient by what a hook found.
    func undoRewrites(_ site: Site, _ layer: Int?, _ gradient: inout Tensor) {
        guard !rewrites.isEmpty else { return }
        for rewrite in (rewrites[HookPoint(site, layer: layer)] ?? []).reversed() {
            rewrite.applyAdjoint(to: &gradient, firstInput: firstInput)
        }
    }

    /// The sums, for the next pass to go on with.
    mutating func takeParameters() -> ParameterGradients? {
        defer { parameters = nil }
        return parameters
    }

    /// The gradients in the order of the plan's records.
    mutating func takeRecorded() -> [Tensor] { recorder.takeCaptured(of: 0) }
}
