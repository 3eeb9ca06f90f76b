internal import Tensors

extension Transformer {
    /// From the gradient by the output back to the first hook that is wanted.
    /// - Parameters:
    ///   - gradient: by the output, [batch] + ``Architecture/outputShape``.
    ///   - input: what the forward pass read.
    /// - Returns: the gradient by the pictures, where it is asked for.
    func adjoint(_ gradient: Tensor, of input: Tensor, _ probe: inout AdjointProbe) -> Tensor? {
        var x = outputAdjoint(gradient, &probe)
        x = poolingAdjoint(x, of: input, &probe)
        probe.visitGradient(.lnFinal, nil, &x)
        if let lnFinal, let last = lastStream(probe) {
            x = lnFinal.adjoint(of: last, x, .lnFinalScale, .lnFinalNormalized, nil, &probe)
        }
        for layer in (probe.tape.firstLayer..<blocks.count).reversed() { x = blocks[layer].adjoint(x, layer, &probe) }
        guard probe.tape.reachesInput else { return nil }
        if let lnPre {
            probe.visitGradient(.lnPre, nil, &x)
            x = lnPre.adjoint(of: probe.tape[.fullEmbed], x, .lnPreScale, .lnPreNormalized, nil, &probe)
        }
        probe.visitGradient(.fullEmbed, nil, &x)
        return embedding.adjoint(of: input, x, &probe)
    }

    /// What the final norm read.
    private func lastStream(_ probe: borrowing AdjointProbe) -> Tensor? {
        probe.tape.all(.residPost, blocks.count - 1).last
    }

    /// By what pooling gave.
    private func outputAdjoint(_ gradient: Tensor, _ probe: inout AdjointProbe) -> Tensor {
        var x = gradient
        if architecture.normalizesOutput { x = Tensor.unitRowsAdjoint(of: probe.tape[.postHead], x) }
        probe.visitGradient(.postHead, nil, &x)
        if let head {
            let crew = probe.crew
            if let read = probe.tape.all(.fcNorm).last ?? probe.tape.pooled {
                probe.parameters?.add("head.W_H", "head.b_H", of: read, x, crew)
            }
            x = head.transposed.multiply(x, on: crew)
        }
        guard let pooledNorm, let pooled = probe.tape.pooled else { return x }
        probe.visitGradient(.fcNorm, nil, &x)
        return pooledNorm.adjoint(of: pooled, x, "fc_norm.", &probe)
    }

    /// By the positions, [batch, position, d_model].
    private func poolingAdjoint(_ gradient: Tensor, of input: Tensor, _ probe: inout AdjointProbe) -> Tensor {
        let x = probe.tape[.lnFinal]
        let (batch, positions, width) = (x.shape[0], x.shape[1], x.shape[2])
        let patches = architecture.prefixTokens..<positions
        var spread = SpreadGradient(batch: batch, positions: positions, width: width)
        let part = { (index: Int) in gradient.slice(axis: 1, (index * width)..<((index + 1) * width)) }
        switch architecture.pooling {
        case .none: return gradient
        case .attention: return attentionPooling?.adjoint(of: x, gradient, &probe) ?? gradient
        case .cls: spread.add(gradient) { _ in 0..<1 }
        case .mean: spread.add(gradient) { _ in patches }
        case .meanOfAll: spread.add(gradient) { _ in 0..<positions }
        case .clsAndDistillation:
            spread.add(part(0)) { _ in 0..<1 }
            spread.add(part(1)) { _ in 1..<2 }
        case .clsThenMean:
            spread.add(part(0)) { _ in 0..<1 }
            spread.add(part(1)) { _ in patches }
        case .clsAndMean:
            spread.add(gradient.slice(axis: 2, 0..<1).reshaped([batch, width])) { _ in 0..<1 }
            spread.add(gradient.slice(axis: 2, 1..<2).reshaped([batch, width])) { _ in patches }
        case .endOfText:
            let ends = (0..<batch).map { architecture.text?.end(of: input.rows($0..<($0 + 1)).elements) ?? 0 }
            spread.add(gradient) { ends[$0]..<(ends[$0] + 1) }
        }
        return spread.sum
    }
}

/// A gradient by positions, put together from gradients by means over some of them.
private struct SpreadGradient {
    /// [batch, position, d_model].
    private(set) var sum: Tensor

    init(batch: Int, positions: Int, width: Int) { sum = Tensor(repeating: 0, shape: [batch, positions, width]) }

    /// - Parameters:
    ///   - gradient: by a mean, [batch, d_model].
    ///   - places: of each input, the positions that the mean is over.
    mutating func add(_ gradient: Tensor, at places: (Int) -> Range<Int>) {
        let (batch, positions, width) = (sum.shape[0], sum.shape[1], sum.shape[2])
        sum.withMutableSpan { target in
            gradient.withSpan { source in
                for row in 0..<batch {
                    let places = places(row)
                    for position in places {
                        let start = (row * positions + position) * width
                        for column in 0..<width {
                            target[start + column] += source[row * width + column] / Float(places.count)
                        }
                    }
                }
            }
        }
    }
}
