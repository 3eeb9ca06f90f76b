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
        base = weights.under(names.prefixes)
    }

    func build() throws -> Transformer {
        let transformer = Transformer(
            architecture: architecture,
            embedding: try embedding(),
            lnPre: architecture.hasPreNorm ? try names.lnPre.flatMap { try norm($0, base) } : nil,
            blocks: try blocks(),
            lnFinal: architecture.hasFinalNorm ? try norm(names.lnFinal, base) : nil,
            attentionPooling: architecture.pooling == .attention ? try attentionPooling() : nil,
            pooledNorm: architecture.hasPooledNorm ? try names.pooledNorm.flatMap { try norm($0, base) } : nil,
            head: try architecture.classes.map { try head($0) })
        let extra = whole.unused.filter { name in !names.ignored.contains { name.hasPrefix($0) } }
        guard extra.isEmpty else { throw ModelError.unexpectedTensors(extra.sorted()) }
        return transformer
    }

    private func embedding() throws -> Embedding {
        guard let text = architecture.text, let tokens = names.tokens else { return .patches(try patches()) }
        return .tokens(
            TokenEmbedding(
                table: try base.rows(tokens, text.vocabulary, architecture.width),
                positions: try base.rows(names.positions, text.context, architecture.width)))
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
            positions: try base.rows(names.positions, architecture.positionedTokens, width),
            positionedPrefix: architecture.positionedTokens - architecture.patches)
    }

    /// The layers, packed by all threads: most of the time that loading takes is spent here.
    private func blocks() throws -> [TransformerBlock] {
        try Threads.crew.collect(architecture.layers) { layer in Result { try block(base[names.block, layer]) } }
            .map { try $0.get() }
    }

    private func block(_ reader: WeightReader) throws -> TransformerBlock {
        let width = architecture.width
        let scales = architecture.hasLayerScale ? names.layerScales : nil
        return TransformerBlock(
            kind: architecture.block,
            ln1: try norm(names.ln1, reader),
            attention: try attention(reader, scale: scales.map { try reader.tensor($0.attention, [width]) }),
            ln2: architecture.isAttentionOnly ? nil : try norm(names.ln2, reader),
            feedForward: architecture.isAttentionOnly
                ? nil : try feedForward(reader, scale: scales.map { try reader.tensor($0.mlp, [width]) }))
    }

    private func feedForward(_ reader: WeightReader, scale: Tensor?) throws -> FeedForward {
        let (width, neurons) = (architecture.width, architecture.neurons)
        return FeedForward(
            input: try reader.linear(names.mlpInput, width, neurons),
            activation: architecture.activation,
            solu: architecture.hasSoLU ? SoLU(norm: try names.mlpNorm.flatMap { try norm($0, reader, neurons) }) : nil,
            output: try reader.linear(names.mlpOutput, neurons, width, scale: scale))
    }

    private func attention(_ reader: WeightReader, scale: Tensor?) throws -> Attention {
        let (width, heads, headWidth) = (architecture.width, architecture.heads, architecture.headWidth)
        let inner = heads * headWidth
        let parts: [PackedMatrix]
        var output = names.attentionOutput
        switch names.projection {
        case .separate(let query, let key, let value):
            parts = try [query, key, value].map { try reader.linear($0, width, inner) }
        case .fused(let weight, let bias): parts = try reader.fusedParts(weight, bias, inputs: width, outputs: inner)
        case .perHead(let path):
            parts = try ["Q", "K", "V"].map { try reader[path].perHead($0, width, heads, headWidth) }
            output = .parameters(weight: path + ".W_O", bias: path + ".b_O", heads: heads)
        }
        return Attention(
            heads: heads,
            headWidth: headWidth,
            scale: architecture.scalesAttention ? 1 / Float(headWidth).squareRoot() : 1,
            mask: architecture.mask,
            query: parts[0], key: parts[1], value: parts[2],
            output: try reader.linear(output, inner, width, scale: scale))
    }

    private func attentionPooling() throws -> AttentionPooling {
        guard let names = names.attentionPooling else {
            throw ModelError.configurationContradicts(
                file: "config.json", reason: "this family has no attention pooling")
        }
        let (width, heads, neurons) = (architecture.width, architecture.heads, architecture.neurons)
        let parts: [PackedMatrix]
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
                mask: .bidirectional, query: parts[0], key: parts[1], value: parts[2],
                output: try base.linear(names.output, width, width)),
            norm: try norm(names.norm, base),
            feedForward: FeedForward(
                input: try base.linear(names.mlpInput, width, neurons), activation: architecture.activation, solu: nil,
                output: try base.linear(names.mlpOutput, neurons, width)))
    }

    private func head(_ classes: Int) throws -> PackedMatrix {
        guard architecture.pooling == .clsAndDistillation, let other = names.distillationHead else {
            return try whole.linear(names.head, architecture.pooledWidth, classes)
        }
        // ½ (x₀ · W + b) + ½ (x₁ · W′ + b′) is one matrix over both tokens.
        let halves = try [names.head, other].map { try whole.linear($0, architecture.width, classes) }
        let weight = Tensor.concatenated(halves.map { $0.unpacked().scaled(by: 0.5) })
        let bias = (halves[0].unpackedBias() + halves[1].unpackedBias()).scaled(by: 0.5)
        return PackedMatrix(weight, bias: bias)
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
