internal import Tensors

/// The forward pass of a transformer over patches (Dosovitskiy et al. 2021, arXiv:2010.11929) or over the tokens of a text.
struct Transformer: Sendable {
    let architecture: Architecture
    let embedding: Embedding
    let lnPre: Norm?
    let blocks: [TransformerBlock]
    let lnFinal: Norm?
    let attentionPooling: AttentionPooling?
    /// After pooling.
    let pooledNorm: Norm?
    /// [d_model, class]; `nil` for a model that ends with its features.
    let head: PackedMatrix?

    /// One share of a batch.
    /// - Parameter input: [batch] + ``Architecture/inputShape``.
    /// - Parameter stop: blocks to compute; `nil` for the whole model.
    /// - Returns: the output, [batch] + ``Architecture/outputShape``; `nil` where it stopped early.
    func callAsFunction(_ input: Tensor, stopAtLayer stop: Int? = nil, _ probe: inout Probe) -> Tensor? {
        var x = embedding(input, &probe)
        if let lnPre {
            x = lnPre(x, .lnPreScale, .lnPreNormalized, nil, &probe)
            probe.visit(.lnPre, &x)
        }
        return callAsFunction(streams: x, entering: 0, ids: input, stopAtLayer: stop, &probe)
    }

    /// As ``callAsFunction(_:stopAtLayer:_:)``, from a layer on.
    /// - Parameters:
    ///   - streams: what enters the layer, [batch, position, d_model].
    ///   - ids: of a text tower, what the streams came from; others do not look at it.
    ///   - areCopies: every row is the same stream.
    func callAsFunction(
        streams: consuming Tensor, entering first: Int, ids: Tensor?, areCopies: Bool = false,
        stopAtLayer stop: Int? = nil,
        _ probe: inout Probe
    ) -> Tensor? {
        var x = streams
        for layer in first..<max(stop ?? blocks.count, first) {
            blocks[layer](
                &x, layer, queries: queriesNeeded(of: layer, stop, probe), areCopies: areCopies && layer == first,
                &probe)
        }
        if stop != nil { return nil }
        x = lnFinal?(x, .lnFinalScale, .lnFinalNormalized, nil, &probe) ?? x
        probe.visit(.lnFinal, &x)
        var output = pool(x, ids, &probe)
        probe.keepPooled(output)
        if let pooledNorm {
            output = output.layerNormalized(weight: pooledNorm.weight, bias: pooledNorm.bias, eps: pooledNorm.eps)
            probe.visit(.fcNorm, &output)
        }
        if let head { output = head.multiply(output, on: probe.crew) }
        probe.visit(.postHead, &output)
        return architecture.normalizesOutput ? output.dividingRows(by: output.lengthsOfRows()) : output
    }

    /// The class token alone, in the last block of a model that reads nothing else, when nobody looks at the others.
    private func queriesNeeded(of layer: Int, _ stop: Int?, _ probe: borrowing Probe) -> Int? {
        let isLast = layer == blocks.count - 1
        guard isLast, stop == nil, architecture.pooling == .cls, architecture.mask == .bidirectional,
            architecture.block == .preNorm,
            !probe.wantsAny(TransformerBlock.sitesAfterQueries, layer), !probe.wantsHeadInputs(layer)
        else { return nil }
        let laterSites: [Site] = [.lnFinalScale, .lnFinalNormalized, .lnFinal]
        return laterSites.contains { probe.wants($0) } ? nil : 1
    }

    /// [batch, position, d_model] → [batch, d_model], or what the pooling makes of it.
    private func pool(_ x: Tensor, _ ids: Tensor?, _ probe: inout Probe) -> Tensor {
        let patches = { x.slice(axis: 1, architecture.prefixTokens..<x.shape[1]).meanOverPositions() }
        let first = { (count: Int) in x.slice(axis: 1, 0..<count).reshaped([x.shape[0], count * x.shape[2]]) }
        switch architecture.pooling {
        case .cls: return first(1)
        case .clsAndDistillation: return first(2)
        case .mean: return patches()
        case .meanOfAll: return x.meanOverPositions()
        case .attention: return attentionPooling?(x, &probe) ?? x
        case .clsAndMean:
            let parts = [first(1), patches()].map { $0.reshaped([x.shape[0], x.shape[2], 1]) }
            return Tensor.concatenated(parts, axis: 2)
        case .clsThenMean: return Tensor.concatenated([first(1), patches()], axis: 1)
        case .endOfText: return ids.map { x.ends(of: $0, architecture.text) } ?? first(1)
        case .none: return x
        }
    }
}

extension Tensor {
    /// [batch, position, d] → [batch, d]: of each text the position where it ends.
    fileprivate func ends(of ids: Tensor, _ text: TextInput?) -> Tensor {
        Tensor.concatenated(
            (0..<shape[0]).map { row in
                let end = text?.end(of: ids.rows(row..<(row + 1)).elements) ?? 0
                return rows(row..<(row + 1)).slice(axis: 1, end..<(end + 1)).reshaped([1, shape[2]])
            })
    }

    /// [batch, position, d] → [batch, d].
    fileprivate func meanOverPositions() -> Tensor {
        let (batch, positions, width) = (shape[0], shape[1], shape[2])
        return Tensor(shape: [batch, width]) { target in
            withSpan { source in
                for row in 0..<batch {
                    for column in 0..<width {
                        var sum = 0.0
                        for position in 0..<positions {
                            sum += Double(source[(row * positions + position) * width + column])
                        }
                        target[row * width + column] = Float(sum / Double(positions))
                    }
                }
            }
        }
    }
}
