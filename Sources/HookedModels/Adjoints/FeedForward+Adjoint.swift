internal import Tensors

extension FeedForward {
    /// The gradient by what the MLP read, [..., d_model].
    /// - Parameters:
    ///   - x: what it read, looked at for the parameters' gradients only.
    ///   - gradient: by what it gave, [..., d_model].
    func adjoint(
        of x: @autoclosure () -> Tensor, _ gradient: Tensor, _ layer: Int, _ probe: inout AdjointProbe
    ) -> Tensor {
        let names = "blocks.\(layer).mlp."
        let tape = probe.tape
        let crew = probe.crew
        probe.parameters?.add(names + "W_out", names + "b_out", of: tape[.mlpPost, layer], gradient, crew)
        var inner = output.transposed.multiply(gradient, on: crew)
        probe.visitGradient(.mlpPost, layer, &inner)
        let pre = tape[.mlpPre, layer]
        inner =
            solu?.adjoint(of: pre, inner, layer, &probe)
            ?? Tensor.activationAdjoint(activation, of: pre, inner, on: crew)
        probe.visitGradient(.mlpPre, layer, &inner)
        probe.parameters?.add(names + "W_in", names + "b_in", of: x(), inner, crew)
        return input.transposed.multiply(inner, on: crew)
    }

    /// Outside the blocks. - Parameter x: what it read.
    func plainAdjoint(of x: Tensor, _ gradient: Tensor, _ names: String, _ probe: inout AdjointProbe) -> Tensor {
        let crew = probe.crew
        let pre = input.multiply(x, on: crew)
        probe.parameters?.add(
            names + "W_out", names + "b_out", of: pre.activated(activation, on: crew), gradient, crew)
        let inner = Tensor.activationAdjoint(
            activation, of: pre, output.transposed.multiply(gradient, on: crew), on: crew)
        probe.parameters?.add(names + "W_in", names + "b_in", of: x, inner, crew)
        return input.transposed.multiply(inner, on: crew)
    }
}

extension SoLU {
    /// Of norm(x · softmax(x)): with s = softmax(x) and the gradient g by x · s, g · s + the softmax's adjoint of g · x.
    fileprivate func adjoint(
        of pre: Tensor, _ gradient: Tensor, _ layer: Int, _ probe: inout AdjointProbe
    ) -> Tensor {
        var gradient = gradient
        if let norm {
            gradient = norm.adjoint(
                of: probe.tape[.mlpMid, layer], gradient, .mlpLnScale, .mlpLnNormalized, layer, &probe)
        }
        probe.visitGradient(.mlpMid, layer, &gradient)
        let shares = pre.softmax(on: probe.crew)
        return gradient * shares + Tensor.softmaxAdjoint(shares, gradient * pre, on: probe.crew)
    }
}
