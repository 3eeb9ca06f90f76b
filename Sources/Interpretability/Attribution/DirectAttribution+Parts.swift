internal import HookedModels
internal import Tensors

// What each kind of part adds, for all inputs at once.

extension DirectAttribution {
    func components(_ streams: ResidualDecomposition, _ read: StreamReader) throws(StreamError) -> Parts {
        let embeddings = try embeddings(streams, read)
        var halves: [[[Double]]] = []  // [layer][half][input]
        for layer in 0..<model.architecture.layers {
            var layerHalves = [read(try streams.addedByAttention(layer))]
            if !model.architecture.isAttentionOnly { layerHalves.append(read(try streams.addedByMLP(layer))) }
            halves.append(layerHalves)
        }
        let inputs = read.factors.indices
        guard axis == .layer else {
            return Parts(
                scores: inputs.map { input in (embeddings + halves.flatMap { $0 }).map { $0[input] } },
                others: inputs.map { _ in [] })
        }
        let scores = inputs.map { input in
            embeddings.map { $0[input] } + halves.map { $0.reduce(0) { $0 + $1[input] } }
        }
        let accumulated = scores.map { scores in
            let start = scores.prefix(embeddings.count).reduce(0, +)
            return scores.dropFirst(embeddings.count).reduce(into: [start]) { $0.append(($0.last ?? 0) + $1) }
        }
        return Parts(scores: scores, others: inputs.map { _ in [] }, accumulated: accumulated)
    }

    func heads(_ streams: ResidualDecomposition, _ read: StreamReader) throws(StreamError) -> Parts {
        let architecture = model.architecture
        var scores = read.factors.map { _ in [Double]() }
        var others = try embeddings(streams, read)
        for layer in 0..<architecture.layers {
            let z = try streams.values(.z, layer, [architecture.heads, architecture.headWidth])
            let found = read.read(z, by: read.pulledBack(through: outputMatrix(layer)), groups: architecture.heads)
            for input in scores.indices { scores[input] += found[input] }
            if !architecture.isAttentionOnly { others.append(read(try streams.addedByMLP(layer))) }
        }
        others.append(read.constant(biases("attn.b_O")))
        return Parts(scores: scores, others: read.factors.indices.map { input in others.map { $0[input] } })
    }

    func neurons(_ streams: ResidualDecomposition, _ read: StreamReader) throws(StreamError) -> Parts {
        let architecture = model.architecture
        var scores = read.factors.map { _ in [Double]() }
        var others = try embeddings(streams, read)
        for layer in 0..<architecture.layers {
            let post = try streams.values(.mlpPost, layer, [architecture.neurons])
            let matrix = weight("blocks.\(layer).mlp.W_out")
            let found = read.read(post, by: read.pulledBack(through: matrix), groups: architecture.neurons)
            for input in scores.indices { scores[input] += found[input] }
            others.append(read(try streams.addedByAttention(layer)))
        }
        others.append(read.constant(biases("mlp.b_out")))
        return Parts(scores: scores, others: read.factors.indices.map { input in others.map { $0[input] } })
    }

    /// Attention is linear in the values that it mixes, given its pattern.
    func sources(_ streams: ResidualDecomposition, _ read: StreamReader) throws(StreamError) -> Parts {
        let architecture = model.architecture
        var scores = read.factors.map { _ in [Double](repeating: 0, count: architecture.positions) }
        for layer in 0..<architecture.layers {
            let pulled = read.pulledBack(through: outputMatrix(layer))
            try addFetched(layer, streams, read, pulled, to: &scores)
        }
        var own = try streams.embeddings().map(\.values)
        if !architecture.isAttentionOnly {
            for layer in 0..<architecture.layers { own.append(try streams.addedByMLP(layer)) }
        }
        let biases = Tensor(shape: [architecture.width], elements: biases("attn.b_O").map { Float($0) })
        let sum = own.dropFirst().reduce(own[0], +).adding(toEach: biases)
        for (index, place) in reading.readout.places.enumerated() {
            let alone = StreamReader(
                readout: reading.readout,
                factors: read.factors.map { factors in factors.indices.map { $0 == index ? factors[$0] : 0 } })
            for (input, value) in alone(sum).enumerated() { scores[input][place.position] += value }
        }
        return Parts(scores: scores, others: scores.map { _ in [] })
    }

    private func addFetched(
        _ layer: Int, _ streams: ResidualDecomposition, _ read: StreamReader, _ pulled: [[Double]],
        to scores: inout [[Double]]
    ) throws(StreamError) {
        let architecture = model.architecture
        let (positions, heads, width) = (architecture.positions, architecture.heads, architecture.headWidth)
        let values = try streams.activations.tensor(.v, layer, [positions, heads, width])
        let pattern = try streams.pattern(layer)
        let slices = reading.readout.places.map(\.slice)
        let reads = slices.count
        values.withSpan { values in
            pattern.withSpan { pattern in
                for (input, factors) in read.factors.enumerated() {
                    for head in 0..<heads {
                        for source in 0..<positions {
                            let start = ((input * positions + source) * heads + head) * width
                            let said = pulled.map { direction in
                                (0..<width).reduce(0.0) {
                                    $0 + Double(values[start + $1]) * direction[head * width + $1]
                                }
                            }
                            for (place, factor) in factors.enumerated() {
                                let share = pattern[((input * heads + head) * reads + place) * positions + source]
                                scores[input][source] += factor * Double(share) * said[slices[place]]
                            }
                        }
                    }
                }
            }
        }
    }

    private func embeddings(
        _ streams: ResidualDecomposition, _ read: StreamReader
    ) throws(StreamError) -> [[Double]] {
        try streams.embeddings().map { read($0.values) }
    }

    /// [head · d_head, d_model].
    private func outputMatrix(_ layer: Int) -> Tensor {
        let architecture = model.architecture
        return weight("blocks.\(layer).attn.W_O").reshaped(
            [architecture.heads * architecture.headWidth, architecture.width])
    }

    private func weight(_ name: String) -> Tensor {
        guard let weight = model.weight(named: name) else { preconditionFailure("the model has no \(name)") }
        return weight.tensor()
    }

    /// One bias of all layers, added up: [d_model].
    private func biases(_ name: String) -> [Double] {
        var sum = [Double](repeating: 0, count: model.architecture.width)
        for layer in 0..<model.architecture.layers {
            for (index, value) in weight("blocks.\(layer).\(name)").elements.enumerated() {
                sum[index] += Double(value)
            }
        }
        return sum
    }
}

extension ResidualDecomposition {
    /// The rows of a layer's pattern whose queries are looked at: [input, head, query, key].
    fileprivate func pattern(_ layer: Int) throws(StreamError) -> Tensor {
        let shape = [architecture.heads, activations.positions.count, architecture.positions]
        let whole = try activations.tensor(.pattern, layer, shape)
        return places.map { whole.gathered(axis: 2, $0) } ?? whole
    }
}
