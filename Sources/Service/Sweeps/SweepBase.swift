internal import HookedModels
internal import Interpretability
internal import Tensors

/// Runs that a sweep starts from: what entered each layer, what they gave, and the activations that are taken from them.
struct SweepBase: Sendable {
    /// The output of each input, in the model's output shape.
    let outputs: [Tensor]
    /// What entered each layer, [input, position, d_model].
    let streams: [Tensor]
    /// Of a text tower, what went in.
    let ids: Tensor?
    /// The activations that the sweep takes, [input, ...], by hook.
    let activations: [String: Tensor]

    /// Which hooks a run must keep to be a base of this sweep.
    static func captures(_ sweep: Sweep?, along path: PatchPath? = nil) -> [CaptureRequest] {
        let held = path?.held(from: sweep?.chosen[.layer]?.min() ?? 0) ?? []
        return [CaptureRequest(hooks: ["blocks.*.hook_resid_pre"] + (sweep?.hooks ?? []) + held)]
    }

    init(_ result: ForwardResult, pixels: Tensor, of model: HookedModel) {
        outputs = result.outputs
        let captures = Dictionary(uniqueKeysWithValues: result.captures.map { ($0.name, $0.values.joined) })
        streams = (0..<model.architecture.layers).compactMap {
            captures[HookPoint(.residPre, layer: $0).name]
        }
        ids = model.architecture.text == nil ? nil : pixels
        activations = captures
    }

    /// The activations of one of the inputs alone, [1, ...].
    func activations(of input: Int) -> [String: Tensor] { activations.mapValues { $0.rows(input..<(input + 1)) } }
}
