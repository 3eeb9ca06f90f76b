internal import Tensors

/// A layer norm with its two hooks: `hook_scale` = √(variance + eps) and `hook_normalized`, which includes weight and
/// bias.
struct Norm: Sendable {
    /// `nil`, with the bias, for a norm without parameters.
    let weight: Tensor?
    let bias: Tensor?
    let eps: Float

    /// x: [..., d] → [..., d].
    func callAsFunction(
        _ x: Tensor, _ scaleSite: Site, _ normalizedSite: Site, _ layer: Int? = nil, _ probe: inout Probe
    ) -> Tensor {
        var normalized: Tensor
        if probe.wants(scaleSite, layer) {
            var scale: Tensor
            (normalized, scale) = x.layerNormalizedWithScale(weight: weight, bias: bias, eps: eps, on: probe.crew)
            probe.visit(scaleSite, layer, &scale)
            if probe.changes(scaleSite, layer) { normalized = affine(x.centered().dividingRows(by: scale)) }
        } else {
            normalized = x.layerNormalized(weight: weight, bias: bias, eps: eps, on: probe.crew)
        }
        probe.visit(normalizedSite, layer, &normalized)
        return normalized
    }

    private func affine(_ x: Tensor) -> Tensor {
        guard let weight, let bias else { return x }
        return x.multiplying(each: weight).adding(toEach: bias)
    }
}
