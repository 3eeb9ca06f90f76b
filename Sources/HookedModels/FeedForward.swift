internal import Tensors

/// The second half of a block: act(x · W_in + b_in) · W_out + b_out.
struct FeedForward: Sendable {
    /// [d_model, d_mlp].
    let input: PackedMatrix
    let activation: Activation
    /// In place of the activation.
    let solu: SoLU?
    /// [d_mlp, d_model].
    let output: PackedMatrix

    /// The neurons, visible: `hook_pre` and `hook_post`.
    func neurons(_ x: Tensor, _ layer: Int, _ probe: inout Probe) -> Tensor {
        guard solu != nil || probe.wants(.mlpPre, layer) else {
            var post = input.multiply(x, activation: activation, on: probe.crew)
            probe.visit(.mlpPost, layer, &post)
            return post
        }
        var pre = input.multiply(x, on: probe.crew)
        probe.visit(.mlpPre, layer, &pre)
        var post = solu?(pre, layer, &probe) ?? pre.activated(activation, on: probe.crew)
        probe.visit(.mlpPost, layer, &post)
        return post
    }

    /// x: [..., d_model] → [..., d_model].
    func callAsFunction(_ x: Tensor, _ layer: Int, _ probe: inout Probe) -> Tensor {
        output.multiply(neurons(x, layer, &probe), on: probe.crew)
    }

    /// The same, added to the stream without being materialised.
    func callAsFunction(_ x: Tensor, addingTo stream: inout Tensor, _ layer: Int, _ probe: inout Probe) {
        if solu != nil || probe.wants(.mlpPre, layer) || probe.wants(.mlpPost, layer) {
            let post = neurons(x, layer, &probe)
            output.multiply(post, addingTo: &stream, on: probe.crew)
        } else {
            PackedMatrix.multiply(x, through: input, activation, output, addingTo: &stream, on: probe.crew)
        }
    }

    /// Outside the blocks, where there are no hooks.
    func plain(_ x: Tensor, _ crew: Crew) -> Tensor {
        output.multiply(input.multiply(x, activation: activation, on: crew), on: crew)
    }
}

/// x · softmax(x) over the neurons, and a norm over them (Elhage et al. 2022, transformer-circuits.pub/2022/solu).
struct SoLU: Sendable {
    let norm: Norm?

    /// [..., d_mlp] → [..., d_mlp], with `hook_mid` in between.
    func callAsFunction(_ pre: Tensor, _ layer: Int, _ probe: inout Probe) -> Tensor {
        var mid = pre * pre.softmax(on: probe.crew)
        probe.visit(.mlpMid, layer, &mid)
        return norm?(mid, .mlpLnScale, .mlpLnNormalized, layer, &probe) ?? mid
    }
}
