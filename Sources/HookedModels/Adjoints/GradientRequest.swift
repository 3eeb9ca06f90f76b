public import Tensors

/// Pictures, and the gradients that are wanted: of one number of each picture's output, by what hooks gave.
public struct GradientRequest: Sendable {
    /// The gradient of the number by one input's output, in the output's shape.
    /// - Parameters:
    ///   - input: which of the request's.
    ///   - output: of that input, without a first axis.
    public typealias Seed = @Sendable (_ input: Int, _ output: Tensor) -> Tensor

    /// [input] + ``Architecture/inputShape``.
    public let pixels: Tensor
    /// Activations that are kept and changed on the way; it does not stop early. What an intervention reads from other inputs
    /// has the gradient of those inputs' numbers too.
    public let plan: HookPlan
    /// Hooks whose gradients are kept, and which part of them.
    public let gradients: HookPlan
    /// Whether the gradient by the pictures is wanted.
    public let wantsPixels: Bool
    /// Whether the gradients by the parameters are wanted, summed over the inputs.
    public let wantsParameters: Bool
    /// Where gradients begin.
    public let seed: Seed

    /// - Precondition: neither plan stops early, and that of the gradients changes nothing.
    public init(
        pixels: Tensor, plan: HookPlan = .empty, gradients: HookPlan, wantsPixels: Bool = false,
        wantsParameters: Bool = false, seed: @escaping Seed
    ) {
        precondition(plan.stopAtLayer == nil && gradients.stopAtLayer == nil, "gradients begin at the output")
        precondition(!gradients.hasInterventions, "gradients are read, not changed")
        self.pixels = pixels
        self.plan = plan
        self.gradients = gradients
        self.wantsPixels = wantsPixels
        self.wantsParameters = wantsParameters
        self.seed = seed
    }

    /// An empty tape for it: what the adjoint pass will need.
    func tape(layers: Int) -> Tape {
        let reachesInput = wantsPixels || wantsParameters || gradients.reachesEmbedding
        return Tape(
            firstLayer: reachesInput ? 0 : gradients.firstLayer ?? layers, layers: layers,
            reachesInput: reachesInput, servesParameters: wantsParameters)
    }
}

/// What a gradient request gives. First axes are the inputs, in the order given.
public struct GradientResult: Sendable {
    /// [input] + ``Architecture/outputShape``.
    public let output: RowPieces
    /// What the plan asked for, in the order of firing.
    public let captures: [(name: String, values: RowPieces)]
    /// By the hooks asked for, in the order of firing, under the hooks' names.
    public let gradients: [(name: String, values: RowPieces)]
    /// By the pictures, in their shape.
    public let pixels: RowPieces?
    /// By the parameters as they are held (with layer scales in `W_O` and `W_out`), in the order and shapes of
    /// ``HookedModel/weights``, summed over the inputs.
    public let parameters: [(name: String, gradient: Tensor)]
}

extension HookPlan {
    /// Whether a hook before the blocks is among its records.
    fileprivate var reachesEmbedding: Bool {
        records.contains { $0.point.layer == nil && $0.point.site.index < Site.residPre.index }
    }

    /// The first block that has one of its records.
    fileprivate var firstLayer: Int? { records.compactMap(\.point.layer).min() }
}
