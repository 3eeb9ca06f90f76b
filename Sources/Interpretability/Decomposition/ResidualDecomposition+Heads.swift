internal import HookedModels
public import Tensors

// What single heads and single neurons added.

extension ResidualDecomposition {
    /// What each head of the layers before `layer` added, z_h · W_O[h], as `L0H0`, `L0H1`, …; no hook of results is needed.
    /// - Parameter includesRemainder: what else is in the stream, as `remainder`.
    public func stackHeadResults(
        layer: Int? = nil, includesRemainder: Bool = false
    ) throws(StreamError) -> ComponentStack {
        let end = try resolved(layer, mlpInput: false)
        var stack = try emptyStack(entering: end)
        for layer in 0..<end { stack.append(headLabels(layer), try headRows(layer)) }
        if includesRemainder { stack.append("remainder", stack.remainder(of: try stream(entering: end))) }
        return stack
    }

    /// What each neuron of the layers before `layer` added, post[n] · W_out[n], as `L0N0`, `L0N1`, …
    /// - Parameters:
    ///   - neurons: which of each layer's; `nil` for all. Each is one of the layer's.
    ///   - includesRemainder: what else is in the stream, as `remainder`.
    public func stackNeuronResults(
        layer: Int? = nil, neurons: [Int]? = nil, includesRemainder: Bool = false
    ) throws(StreamError) -> ComponentStack {
        let end = try resolved(layer, mlpInput: false)
        var stack = try emptyStack(entering: end)
        for layer in 0..<end {
            let chosen = neurons ?? Array(0..<architecture.neurons)
            stack.append(chosen.map { "L\(layer)N\($0)" }, try neuronRows(layer, chosen))
        }
        if includesRemainder { stack.append("remainder", stack.remainder(of: try stream(entering: end))) }
        return stack
    }

    /// What each head of one layer added, as the hook of results has it: [input, position, head, d_model].
    public func headResults(layer: Int) throws(StreamError) -> Tensor {
        guard (0..<architecture.layers).contains(layer) else {
            throw .layerOutOfRange(layer, layers: architecture.layers - 1)
        }
        return try headRows(layer).permuted([1, 2, 0, 3]).contiguous()
    }

    /// What neurons of one layer added: [input, position, neuron, d_model].
    public func neuronResults(layer: Int, neurons: [Int]? = nil) throws(StreamError) -> Tensor {
        guard (0..<architecture.layers).contains(layer) else {
            throw .layerOutOfRange(layer, layers: architecture.layers - 1)
        }
        return try neuronRows(layer, neurons ?? Array(0..<architecture.neurons)).permuted([1, 2, 0, 3]).contiguous()
    }

    /// Everything that adds up to the stream: heads, neurons (or `0_mlp_out`, …), embedding and positions, and one row `bias`.
    /// - Parameters:
    ///   - mlpInput: with the heads of `layer` itself.
    ///   - expandsNeurons: each neuron by itself.
    public func fullResidDecomposition(
        layer: Int? = nil, mlpInput: Bool = false, expandsNeurons: Bool = true
    ) throws(StreamError) -> ComponentStack {
        let end = try resolved(layer, mlpInput: mlpInput)
        var stack = try emptyStack(entering: end)
        for layer in 0..<(mlpInput ? end + 1 : end) { stack.append(headLabels(layer), try headRows(layer)) }
        for layer in 0..<(architecture.isAttentionOnly ? 0 : end) {
            if expandsNeurons {
                let all = Array(0..<architecture.neurons)
                stack.append(all.map { "L\(layer)N\($0)" }, try neuronRows(layer, all))
            } else {
                stack.append("\(layer)_mlp_out", try addedByMLP(layer))
            }
        }
        let embeddings = try embeddings()
        for part in embeddings { stack.append(part.label, part.values) }
        let bias = try accumulatedBias(layer: end, mlpInput: mlpInput, includesMLP: expandsNeurons)
        let rows = embeddings[0].values.count / architecture.width
        let repeated = Tensor.concatenated(Array(repeating: bias.unsqueezed(), count: rows))
        stack.append("bias", repeated.reshaped(embeddings[0].values.shape))
        return stack
    }

    /// The biases that the layers before `layer` added, summed in float64: [d_model].
    /// - Parameters:
    ///   - mlpInput: with that of the attention of `layer`.
    ///   - includesMLP: those of the MLPs too.
    public func accumulatedBias(
        layer: Int? = nil, mlpInput: Bool = false, includesMLP: Bool = true
    ) throws(StreamError) -> Tensor {
        let end = try resolved(layer, mlpInput: mlpInput)
        try refuseBranchNorm("their biases have no part of the stream that is the same for every input")
        var sum = [Double](repeating: 0, count: architecture.width)
        let add = { (name: String, sum: inout [Double]) in
            for (index, value) in (model.weight(named: name)?.tensor().elements ?? []).enumerated() {
                sum[index] += Double(value)
            }
        }
        for layer in 0..<(mlpInput ? end + 1 : end) { add("blocks.\(layer).attn.b_O", &sum) }
        if includesMLP, !architecture.isAttentionOnly {
            for layer in 0..<end { add("blocks.\(layer).mlp.b_out", &sum) }
        }
        return Tensor(shape: [architecture.width], elements: sum.map { Float($0) })
    }

    private func headLabels(_ layer: Int) -> [String] { (0..<architecture.heads).map { "L\(layer)H\($0)" } }

    /// [head, input, position, d_model].
    private func headRows(_ layer: Int) throws(StreamError) -> Tensor {
        try refuseBranchNorm("a head adds nothing by itself")
        let (heads, width, headWidth) = (architecture.heads, architecture.width, architecture.headWidth)
        let z = try values(.z, layer, [heads, headWidth])
        guard let weight = model.weight(named: "blocks.\(layer).attn.W_O")?.tensor() else {
            preconditionFailure("layer \(layer) has no W_O")
        }
        let (inputs, positions) = (z.shape[0], z.shape[1])
        return Tensor.concatenated(
            (0..<heads).map { head in
                z.slice(axis: 2, head..<(head + 1)).reshaped([inputs * positions, headWidth])
                    .matrixMultiplied(by: weight.row(head)).reshaped([1, inputs, positions, width])
            })
    }

    /// [neuron, input, position, d_model].
    private func neuronRows(_ layer: Int, _ neurons: [Int]) throws(StreamError) -> Tensor {
        guard !architecture.isAttentionOnly else {
            throw .refused("the model has no neurons: it is attention only", about: .analysis)
        }
        try refuseBranchNorm("a neuron adds nothing by itself")
        let post = try values(.mlpPost, layer, [architecture.neurons])
        guard let weight = model.weight(named: "blocks.\(layer).mlp.W_out")?.tensor() else {
            preconditionFailure("layer \(layer) has no W_out")
        }
        let (rows, width, all) = (post.shape[0] * post.shape[1], architecture.width, architecture.neurons)
        return Tensor(shape: [neurons.count, post.shape[0], post.shape[1], width]) { target in
            post.withSpan { post in
                weight.withSpan { weight in
                    for (place, neuron) in neurons.enumerated() {
                        for row in 0..<rows {
                            let (value, start) = (post[row * all + neuron], (place * rows + row) * width)
                            for index in 0..<width { target[start + index] = value * weight[neuron * width + index] }
                        }
                    }
                }
            }
        }
    }
}
