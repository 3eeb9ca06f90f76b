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

    /// - Parameter plan: the hooks whose gradients are kept, for all rows of the share.
    init(
        _ plan: HookPlan, rows: Int, tape: Tape, wantsInput: Bool, parameters: ParameterGradients?, layers: Int,
        crew: Crew
    ) {
        self.tape = tape
        self.wantsInput = wantsInput
        self.parameters = parameters
        self.plan = plan
        recorder = Probe([Probe.Part(rows: 0..<rows, plan: plan)], layers: layers, crew: crew)
    }

    /// The threads that a product may be split over.
    var crew: Crew { recorder.crew }

    /// Whether anyone wants the gradient there; if not, it need not be materialised.
    func wants(_ site: Site, _ layer: Int? = nil) -> Bool { recorder.wants(site, layer) }

    /// Whether the gradient goes through each head's own copy of the stream: the forward pass made them, or someone wants
    /// to see the gradient there.
    func usesHeadInputs(_ layer: Int) -> Bool {
        guard tape.all(.qInput, layer).isEmpty else { return true }
        let sites: [Site] = [.attnIn, .qInput, .kInput, .vInput, .ln1Scale, .ln1Normalized]
        return plan.flags.hasHeadInputs && recorder.wantsAny(sites, layer)
    }

    /// Hands over the gradient by what a hook gave to the rest of the pass.
    mutating func visitGradient(_ site: Site, _ layer: Int? = nil, _ gradient: inout Tensor) {
        recorder.visit(site, layer, &gradient)
    }

    /// The sums, for the next pass to go on with.
    mutating func takeParameters() -> ParameterGradients? {
        defer { parameters = nil }
        return parameters
    }

    /// The gradients in the order of the plan's records.
    mutating func takeRecorded() -> [Tensor] { recorder.takeCaptured(of: 0) }
}
