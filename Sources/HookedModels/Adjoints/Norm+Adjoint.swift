internal import Tensors

extension Norm {
    /// The gradient by what was normalised.
    /// - Parameters:
    ///   - x: what was normalised, [..., d].
    ///   - gradient: by the normalised rows, of the same shape.
    func adjoint(
        of x: Tensor, _ gradient: Tensor, _ scaleSite: Site, _ normalizedSite: Site, _ layer: Int? = nil,
        _ probe: inout AdjointProbe
    ) -> Tensor {
        var gradient = gradient
        probe.visitGradient(normalizedSite, layer, &gradient)
        let adjoint = LayerNormAdjoint(
            of: x, gradient, weight: weight, scale: probe.tape.all(scaleSite, layer).last, eps: eps, on: probe.crew)
        addParameters(adjoint, HookPoint(normalizedSite, layer: layer).normPrefix, &probe)
        guard probe.wants(scaleSite, layer) else { return adjoint.byInput() }
        var byScale = adjoint.byScale
        probe.visitGradient(scaleSite, layer, &byScale)
        return adjoint.byInput(scale: byScale)
    }

    /// The same for a norm without hooks. - Parameter prefix: of its parameters' names.
    func adjoint(of x: Tensor, _ gradient: Tensor, _ prefix: String, _ probe: inout AdjointProbe) -> Tensor {
        let adjoint = LayerNormAdjoint(of: x, gradient, weight: weight, eps: eps, on: probe.crew)
        addParameters(adjoint, prefix, &probe)
        return adjoint.byInput()
    }

    /// Three readings of the stream by one norm, for queries, keys and values, each [..., head, d_model]. What is recorded is
    /// the sum over them.
    /// - Parameters:
    ///   - inputs: what was normalised.
    ///   - gradients: by the normalised rows.
    func adjoint(
        of inputs: [Tensor], _ gradients: [Tensor], _ layer: Int, _ probe: inout AdjointProbe
    ) -> [Tensor] {
        probe.record(.ln1Normalized, layer, gradients[0] + gradients[1] + gradients[2])
        let scales = probe.tape.all(.ln1Scale, layer)
        let adjoints = inputs.indices.map { index in
            var gradient = gradients[index]
            probe.undoRewrites(.ln1Normalized, layer, &gradient)
            return LayerNormAdjoint(
                of: inputs[index], gradient, weight: weight,
                scale: scales.indices.contains(index) ? scales[index] : nil, eps: eps, on: probe.crew)
        }
        for adjoint in adjoints { addParameters(adjoint, HookPoint(.ln1Normalized, layer: layer).normPrefix, &probe) }
        guard probe.wants(.ln1Scale, layer) else { return adjoints.map { $0.byInput() } }
        let byScales = adjoints.map(\.byScale)
        probe.record(.ln1Scale, layer, byScales[0] + byScales[1] + byScales[2])
        return zip(adjoints, byScales).map { adjoint, byScale in
            var byScale = byScale
            probe.undoRewrites(.ln1Scale, layer, &byScale)
            return adjoint.byInput(scale: byScale)
        }
    }

    private func addParameters(_ adjoint: LayerNormAdjoint, _ prefix: String, _ probe: inout AdjointProbe) {
        guard let weight else { return }
        probe.parameters?.add(normAt: prefix, adjoint, width: weight.count)
    }
}

extension HookPoint {
    /// Of the norm whose rows the point shows: `blocks.0.ln1.`.
    fileprivate var normPrefix: String { String(name.dropLast("hook_normalized".count)) }
}
