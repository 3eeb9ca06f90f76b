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
        var sum = gradients[0] + gradients[1] + gradients[2]
        probe.visitGradient(.ln1Normalized, layer, &sum)
        let adjoints = zip(inputs, gradients).map { input, gradient in
            LayerNormAdjoint(of: input, gradient, weight: weight, eps: eps, on: probe.crew)
        }
        for adjoint in adjoints { addParameters(adjoint, HookPoint(.ln1Normalized, layer: layer).normPrefix, &probe) }
        let byScales = adjoints.map(\.byScale)
        var byScale = byScales[0] + byScales[1] + byScales[2]
        probe.visitGradient(.ln1Scale, layer, &byScale)
        return adjoints.map { $0.byInput() }
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
