internal import Checkpoints
internal import Tensors

/// Puts a model together from a checkpoint's tensors. Each is read once, its shape checked where it is read, goes through
/// the transforms that are asked for, and is packed.
struct ModelBuilder {
    let architecture: Architecture
    let names: WeightNames
    /// Everything in the checkpoint.
    let whole: WeightReader
    /// What stands behind the family's prefix.
    let base: WeightReader
    let transforms: Set<WeightTransform>

    init(
        _ architecture: Architecture, _ names: WeightNames, _ weights: WeightReader, transforms: Set<WeightTransform>
    ) {
        self.architecture = architecture
        self.names = names
        self.transforms = transforms
        whole = weights
        base = weights.under(names.prefixes)
    }

    func build() throws -> Transformer {
        for transform in WeightTransform.inOrder(transforms) {
            guard let objection = architecture.objection(to: transform) else { continue }
            throw ModelError.transformChangesOutput(transform, reason: objection)
        }
        // In the order of the pass, so that of several tensors that are missing the first is named.
        let embedding = try self.embedding()
        let lnPre = architecture.hasPreNorm ? try names.lnPre.flatMap { try norm($0, base) } : nil
        let blocks = try self.blocks()
        let end = try self.end()
        let transformer = Transformer(
            architecture: architecture,
            embedding: embedding,
            lnPre: lnPre,
            blocks: blocks,
            lnFinal: end.lnFinal,
            attentionPooling: architecture.pooling == .attention ? try attentionPooling() : nil,
            pooledNorm: end.pooledNorm,
            head: end.head?.packed())
        let extra = whole.unused.filter { name in !names.ignored.contains { name.hasPrefix($0) } }
        guard extra.isEmpty else { throw ModelError.unexpectedTensors(extra.sorted()) }
        return transformer
    }

    /// What comes after the blocks, as the transforms leave it.
    private func end() throws -> (lnFinal: Norm?, pooledNorm: Norm?, head: Linear?) {
        let lnFinal = architecture.hasFinalNorm ? try norm(names.lnFinal, base) : nil
        let pooledNorm = architecture.hasPooledNorm ? try names.pooledNorm.flatMap { try norm($0, base) } : nil
        let head = try architecture.classes.map { try self.head($0) }
        guard transforms.contains(.foldNorms), let last = pooledNorm ?? lnFinal else {
            return (lnFinal, pooledNorm, head)
        }
        let rows = architecture.pooledWidth / architecture.width
        return (lnFinal?.plain, pooledNorm?.plain, head?.absorbing(last, rows: rows))
    }

    /// Of the tokens that have one, [position, d_model].
    private func positions(_ count: Int) throws -> Tensor {
        let positions = try base.rows(names.positions, count, architecture.width)
        return transforms.contains(.centreWriting) ? positions.centered() : positions
    }

    private func embedding() throws -> Embedding {
        guard let text = architecture.text, let tokens = names.tokens else { return .patches(try patches()) }
        return .tokens(
            TokenEmbedding(
                table: try base.rows(tokens, text.vocabulary, architecture.width),
                positions: try positions(text.context)))
    }

    private func patches() throws -> PatchEmbedding {
        let (width, patch) = (architecture.width, architecture.patch)
        let terms = architecture.channels * patch.height * patch.width
        let reader = base[names.patches]
        let kernel = try reader.tensor("weight", [width, architecture.channels, patch.height, patch.width])
        let bias = try reader.tensorIfPresent("bias", [width])
        let tokens = [
            try architecture.hasClassToken ? base.rows(names.classToken, 1, width) : nil,
            try architecture.hasDistillationToken ? names.distillationToken.map { try base.rows($0, 1, width) } : nil,
            try architecture.registers > 0
                ? names.registers.map { try base.rows($0, architecture.registers, width) } : nil,
        ].compactMap { $0 }
        return PatchEmbedding(
            projection: PackedMatrix(kernel.reshaped([width, terms]).permuted([1, 0]), bias: bias),
            patch: patch,
            prefix: tokens.isEmpty ? nil : Tensor.concatenated(tokens),
            positions: try positions(architecture.positionedTokens),
            positionedPrefix: architecture.positionedTokens - architecture.patches)
    }

    /// The layers, packed by all threads: most of the time that loading takes is spent here.
    private func blocks() throws -> [TransformerBlock] {
        try Threads.crew.collect(architecture.layers) { layer in Result { try block(base[names.block, layer], layer) } }
            .map { try $0.get() }
    }

    private func block(_ reader: WeightReader, _ layer: Int) throws -> TransformerBlock {
        let scales = architecture.hasLayerScale ? names.layerScales : nil
        let (ln1, attention) = try attention(reader, layer, scale: scales.map { try scale($0.attention, reader) })
        let (ln2, feedForward) =
            architecture.isAttentionOnly
            ? (nil, nil) : try feedForward(reader, scale: scales.map { try scale($0.mlp, reader) })
        return TransformerBlock(
            kind: architecture.block, ln1: ln1, attention: attention, ln2: ln2, feedForward: feedForward)
    }

    private func scale(_ name: String, _ reader: WeightReader) throws -> Tensor {
        try reader.tensor(name, [architecture.width])
    }

    private func feedForward(_ reader: WeightReader, scale: Tensor?) throws -> (Norm?, FeedForward) {
        let (width, neurons) = (architecture.width, architecture.neurons)
        let weights = FeedForwardWeights(
            norm: try norm(names.ln2, reader),
            input: try reader.linear(names.mlpInput, width, neurons),
            innerNorm: architecture.hasSoLU ? try names.mlpNorm.flatMap { try norm($0, reader, neurons) } : nil,
            output: try reader.linear(names.mlpOutput, neurons, width, scale: scale)
        ).transformed(by: transforms)
        let feedForward = FeedForward(
            input: weights.input.packed(),
            activation: architecture.activation,
            solu: architecture.hasSoLU ? SoLU(norm: weights.innerNorm) : nil,
            output: weights.output.packed())
        return (weights.norm, feedForward)
    }

    private func attention(_ reader: WeightReader, _ layer: Int, scale: Tensor?) throws -> (Norm?, Attention) {
        let headWidth = architecture.headWidth
        var weights = try attentionWeights(reader, scale: scale)
        do {
            weights = try weights.transformed(by: transforms)
        } catch {
            throw ModelError.layerCannotBeFactored(layer: layer, reason: error.description)
        }
        let attention = Attention(
            heads: architecture.heads,
            headWidth: headWidth,
            scale: architecture.scalesAttention ? 1 / Float(headWidth).squareRoot() : 1,
            mask: architecture.mask,
            query: weights.query.packed(), key: weights.key.packed(), value: weights.value.packed(),
            output: weights.output.packed())
        return (weights.norm, attention)
    }

    private func attentionWeights(_ reader: WeightReader, scale: Tensor?) throws -> AttentionWeights {
        let (width, heads, headWidth) = (architecture.width, architecture.heads, architecture.headWidth)
        let inner = heads * headWidth
        let parts: [Linear]
        var output = names.attentionOutput
        switch names.projection {
        case .separate(let query, let key, let value):
            parts = try [query, key, value].map { try reader.linear($0, width, inner) }
        case .fused(let weight, let bias): parts = try reader.fusedParts(weight, bias, inputs: width, outputs: inner)
        case .perHead(let path):
            parts = try ["Q", "K", "V"].map { try reader[path].perHead($0, width, heads, headWidth) }
            output = .parameters(weight: path + ".W_O", bias: path + ".b_O", heads: heads)
        }
        return AttentionWeights(
            heads: heads, norm: try norm(names.ln1, reader), query: parts[0], key: parts[1], value: parts[2],
            output: try reader.linear(output, inner, width, scale: scale))
    }

    private func attentionPooling() throws -> AttentionPooling {
        guard let names = names.attentionPooling else {
            throw ModelError.configurationContradicts(
                file: "config.json", reason: "this family has no attention pooling")
        }
        let (width, heads, neurons) = (architecture.width, architecture.heads, architecture.neurons)
        let parts: [Linear]
        switch names.projection {
        case .fused(let weight, let bias): parts = try base.fusedParts(weight, bias, inputs: width, outputs: width)
        case .queryAndPairs(let query, let pairs):
            parts =
                try [base.linear(.torch(query), width, width)]
                + base.fusedParts(pairs + ".weight", pairs + ".bias", inputs: width, outputs: width, parts: 2)
        }
        return AttentionPooling(
            query: try base.rows(names.query, 1, width),
            attention: Attention(
                heads: heads, headWidth: width / heads, scale: 1 / Float(width / heads).squareRoot(),
                mask: .bidirectional, query: parts[0].packed(), key: parts[1].packed(), value: parts[2].packed(),
                output: try base.linear(names.output, width, width).packed()),
            norm: try norm(names.norm, base),
            feedForward: FeedForward(
                input: try base.linear(names.mlpInput, width, neurons).packed(), activation: architecture.activation,
                solu: nil,
                output: try base.linear(names.mlpOutput, neurons, width).packed()))
    }

    private func head(_ classes: Int) throws -> Linear {
        guard architecture.pooling == .clsAndDistillation, let other = names.distillationHead else {
            return try whole.linear(names.head, architecture.pooledWidth, classes)
        }
        // ½ (x₀ · W + b) + ½ (x₁ · W′ + b′) is one matrix over both tokens.
        let halves = try [names.head, other].map { try whole.linear($0, architecture.width, classes) }
        let biases = halves.map(\.biasElements)
        return Linear(
            weight: Tensor.concatenated(halves.map { $0.weight.scaled(by: 0.5) }),
            bias: Tensor(shape: [classes], elements: zip(biases[0], biases[1]).map { Float(($0 + $1) / 2) }))
    }

    /// Copies, for what is read of a mapped file would keep it mapped.
    private func norm(_ name: NormName, _ reader: WeightReader, _ width: Int? = nil) throws -> Norm? {
        guard architecture.normalization != .none else { return nil }
        let hasWeights = architecture.normalization == .layerNorm
        let width = width ?? architecture.width
        return Norm(
            weight: hasWeights ? try reader.tensor(name.weight, [width]).copied() : nil,
            bias: hasWeights ? try reader.tensor(name.bias, [width]).copied() : nil,
            eps: architecture.eps)
    }
}
