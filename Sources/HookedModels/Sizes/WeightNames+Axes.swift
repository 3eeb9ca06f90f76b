internal import Checkpoints

/// Finds tensors of which the meaning of the axes is known.
struct SizedTensors {
    let reader: WeightReader
    private(set) var found: [SizedTensor] = []

    init(_ reader: WeightReader) { self.reader = reader }

    mutating func add(_ name: String, _ axes: [SizedTensor.Axis], isRows: Bool = false) {
        guard let shape = try? reader.shape(of: name) else { return }
        found.append(SizedTensor(name: reader.key(name), shape: shape, axes: axes, isRows: isRows))
    }

    mutating func addRows(_ name: String?, _ count: SizedTensor.Axis) {
        if let name, !name.isEmpty { add(name, [count, .dimension(.width)], isRows: true) }
    }

    mutating func addNorm(_ name: NormName?, _ dimension: Dimension) {
        for part in [name?.weight, name?.bias].compactMap({ $0 }) { add(part, [.dimension(dimension)]) }
    }

    mutating func addLinear(_ name: LinearName, _ input: SizedTensor.Axis, _ output: SizedTensor.Axis) {
        switch name {
        case .torch(let name):
            add(name + ".weight", [output, input])
            add(name + ".bias", [output])
        case .parameters(let weight, let bias, let heads):
            add(weight, heads == nil ? [input, output] : [.any, .any, output])
            if let bias { add(bias, [output]) }
        }
    }
}

// Which axis of which tensor tells which size, for every family alike.
extension WeightNames {
    /// What stands before the blocks and after them, the head but for its input; below `base`.
    func axesOfEnds(_ base: WeightReader) -> [SizedTensor] {
        var tensors = SizedTensors(base)
        if !patches.isEmpty {
            let kernel: [Dimension] = [.width, .channels, .patchHeight, .patchWidth]
            tensors.add(patches + ".weight", kernel.map(SizedTensor.Axis.dimension))
            tensors.add(patches + ".bias", [.dimension(.width)])
        }
        tensors.addRows(tokens, .dimension(.vocabulary))
        tensors.addRows(classToken, .any)
        tensors.addRows(distillationToken, .any)
        tensors.addRows(registers, .dimension(.registers))
        tensors.addRows(positions, .dimension(.positions))
        tensors.addNorm(lnPre, .width)
        tensors.addNorm(lnFinal, .width)
        return tensors.found
    }

    /// One block, below its number.
    func axesOfBlock(_ block: WeightReader) -> [SizedTensor] {
        var tensors = SizedTensors(block)
        let width = SizedTensor.Axis.dimension(.width)
        tensors.addNorm(ln1, .width)
        switch projection {
        case .separate(let query, let key, let value):
            for part in [query, key, value] { tensors.addLinear(part, width, .any) }
            tensors.addLinear(attentionOutput, .any, width)
        case .fused(let weight, let bias):
            tensors.add(weight, [.any, width])
            tensors.add(bias, [.any])
            tensors.addLinear(attentionOutput, .any, width)
        case .perHead(let path):
            for letter in ["Q", "K", "V"] {
                tensors.add("\(path).W_\(letter)", [.dimension(.heads), width, .dimension(.headWidth)])
                tensors.add("\(path).b_\(letter)", [.dimension(.heads), .dimension(.headWidth)])
            }
            tensors.add("\(path).W_O", [.dimension(.heads), .dimension(.headWidth), width])
            tensors.add("\(path).b_O", [width])
        }
        for scale in [layerScales?.attention, layerScales?.mlp].compactMap({ $0 }) { tensors.add(scale, [width]) }
        tensors.addNorm(ln2, .width)
        tensors.addLinear(mlpInput, width, .dimension(.neurons))
        tensors.addNorm(mlpNorm, .neurons)
        tensors.addLinear(mlpOutput, .dimension(.neurons), width)
        return tensors.found
    }

    /// The head, and those of other towers that give vectors of the same space; from the top of the names.
    func axesOfHeads(_ whole: WeightReader) -> [SizedTensor] {
        var tensors = SizedTensors(whole)
        for name in projections.isEmpty ? [head] : projections {
            tensors.addLinear(name, name == head ? .multiple(of: .width) : .any, .dimension(.classes))
        }
        return tensors.found
    }
}
