public import Tensors

/// One request's part of a batch: its inputs, and what it wants of them.
public struct ForwardRequest: Sendable {
    /// [input] + ``Architecture/inputShape``; or, where the pass begins at a layer, the streams that enter it,
    /// [input, position, d_model].
    public let pixels: Tensor
    /// What is kept and changed on the way.
    public let plan: HookPlan
    /// The layer whose entering streams ``pixels`` are; `nil` where the pass begins with inputs.
    let layer: Int?
    /// What the streams came from, where the pass begins at a layer of a text tower, which reads its ids again at the end.
    let ids: Tensor?
    let areCopies: Bool

    /// - Parameter pixels: [input] + ``Architecture/inputShape``.
    public init(pixels: Tensor, plan: HookPlan) {
        self.pixels = pixels
        self.plan = plan
        layer = nil
        ids = nil
        areCopies = false
    }

    /// A pass over the layers from `layer` on.
    /// - Parameters:
    ///   - streams: what enters the layer, [input, position, d_model].
    ///   - ids: of a text tower, the texts that they came from: [input, position].
    ///   - areCopies: every row of `streams` is the same: what comes before the first change is then computed once.
    ///   - plan: it asks for no hook before the layer.
    public init(streams: Tensor, entering layer: Int, ids: Tensor? = nil, areCopies: Bool = false, plan: HookPlan) {
        pixels = streams
        self.plan = plan
        self.layer = layer
        self.ids = ids
        self.areCopies = areCopies
    }

    /// How many inputs.
    public var rows: Int { pixels.shape[0] }

    /// The layer that the pass begins at, where it does not begin with inputs.
    public var enteringLayer: Int? { layer }
}
