internal import Checkpoints
internal import Tensors

/// Puts a model together from a checkpoint's tensors. Each is read once, its shape checked where it is read.
struct ModelBuilder {
    let architecture: Architecture
    let names: WeightNames
    /// Everything in the checkpoint.
    let whole: WeightReader
    /// What stands behind the family's prefix.
    let base: WeightReader

    init(_ architecture: Architecture, _ names: WeightNames, _ weights: WeightReader) {
        self.architecture = architecture
        self.names = names
        whole = weights
        base = weights.under(names.prefixes, having: names.patches + ".weight")
    }

    func build() throws -> VisionTransformer {
        let width = architecture.width
        let transformer = VisionTransformer(
            architecture: architecture,
            embedding: try embedding(),
            lnPre: nil,
            blocks: try blocks(),
            lnFinal: try norm(base[names.lnFinal]),
            head: try architecture.classes.map { try matrix(whole[names.head], width, $0) })
        let extra = whole.unused.filter { name in !names.ignored.contains { name.hasPrefix($0) } }
        guard extra.isEmpty else { throw ModelError.unexpectedTensors(extra.sorted()) }
        return transformer
    }

    private func embedding() throws -> PatchEmbedding {
        let (width, patch) = (architecture.width, architecture.patch)
        let terms = architecture.channels * patch.height * patch.width
        let reader = base[names.patches]
        let kernel = try reader.tensor("weight", [width, architecture.channels, patch.height, patch.width])
        let bias = try reader.tensorIfPresent("bias", [width])
        let positions = try base.tensor(names.positions, [1, architecture.positions, width])
        return PatchEmbedding(
            projection: PackedMatrix(kernel.reshaped([width, terms]).permuted([1, 0]), bias: bias),
            patch: patch,
            classToken: architecture.hasClassToken
                ? try base.tensor(names.classToken, [1, 1, width]).reshaped([1, width]).copied() : nil,
            positions: positions.reshaped([architecture.positions, width]).copied())
    }

    /// The layers, packed by all threads: most of the time that loading takes is spent here.
    private func blocks() throws -> [TransformerBlock] {
        try Threads.crew.collect(architecture.layers) { layer in Result { try block(base[names.block, layer]) } }
            .map { try $0.get() }
    }

    private func block(_ reader: WeightReader) throws -> TransformerBlock {
        let (width, neurons) = (architecture.width, architecture.neurons)
        return TransformerBlock(
            ln1: try norm(reader[names.ln1]),
            attention: try attention(reader),
            ln2: architecture.isAttentionOnly ? nil : try norm(reader[names.ln2]),
            feedForward: architecture.isAttentionOnly
                ? nil
                : FeedForward(
                    input: try matrix(reader[names.mlpInput], width, neurons),
                    activation: architecture.activation,
                    output: try matrix(reader[names.mlpOutput], neurons, width)))
    }

    private func attention(_ reader: WeightReader) throws -> Attention {
        let (width, inner) = (architecture.width, architecture.heads * architecture.headWidth)
        let (query, key, value): (PackedMatrix, PackedMatrix, PackedMatrix)
        switch names.projection {
        case .separate(let queryName, let keyName, let valueName):
            query = try matrix(reader[queryName], width, inner)
            key = try matrix(reader[keyName], width, inner)
            value = try matrix(reader[valueName], width, inner)
        case .fused(let name):
            let weight = try reader[name].tensor("weight", [3 * inner, width])
            let bias = try reader[name].tensorIfPresent("bias", [3 * inner])
            let part = { (index: Int) in
                let rows = (index * inner)..<((index + 1) * inner)
                return PackedMatrix(weight.rows(rows).permuted([1, 0]), bias: bias?.rows(rows))
            }
            (query, key, value) = (part(0), part(1), part(2))
        }
        return Attention(
            heads: architecture.heads,
            headWidth: architecture.headWidth,
            scale: architecture.scalesAttention ? 1 / Float(architecture.headWidth).squareRoot() : 1,
            mask: architecture.mask,
            query: query, key: key, value: value,
            output: try matrix(reader[names.attentionOutput], inner, width))
    }

    /// A PyTorch linear layer: weight [output, input], bias [output] where there is one.
    private func matrix(_ reader: WeightReader, _ input: Int, _ output: Int) throws -> PackedMatrix {
        let weight = try reader.tensor("weight", [output, input])
        return PackedMatrix(weight.permuted([1, 0]), bias: try reader.tensorIfPresent("bias", [output]))
    }

    /// Copies, for what is read of a mapped file would keep it mapped.
    private func norm(_ reader: WeightReader) throws -> Norm? {
        guard architecture.normalization != .none else { return nil }
        let hasWeights = architecture.normalization == .layerNorm
        return Norm(
            weight: hasWeights ? try reader.tensor("weight", [architecture.width]).copied() : nil,
            bias: hasWeights ? try reader.tensor("bias", [architecture.width]).copied() : nil,
            eps: architecture.eps)
    }
}
