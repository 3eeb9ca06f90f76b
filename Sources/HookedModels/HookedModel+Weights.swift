internal import Tensors

// Names and shapes are those of ViT-Prisma's state dictionary: linear layers multiply from the right, so they are the
// transposes of PyTorch's. A bias that a checkpoint leaves out is there as zeros, as it is in ViT-Prisma.

extension HookedModel {
    /// Every parameter, in the order in which a picture meets them.
    public var weights: [NamedWeight] {
        let blocks = transformer.blocks.enumerated().flatMap { layer, block in block.weights("blocks.\(layer).") }
        return embeddingWeights + (transformer.lnPre?.weights("ln_pre.") ?? []) + blocks
            + (transformer.lnFinal?.weights("ln_final.") ?? []) + (transformer.attentionPooling?.weights("head.") ?? [])
            + (transformer.pooledNorm?.weights("fc_norm.") ?? []) + headWeights
    }

    /// A parameter by its name, or one of the shorter names that ViT-Prisma's models have as attributes: `W_E`, `b_E`,
    /// `W_pos`, `W_H` and `b_H`, and the blocks' weights stacked along a first axis, [n_layers, …]: `W_Q`, `b_Q`, `W_K`,
    /// `b_K`, `W_V`, `b_V`, `W_O`, `b_O`, `W_in`, `b_in`, `W_out`, `b_out`. `nil` for any other name.
    public func weight(named name: String) -> NamedWeight? {
        if let weight = weights.first(where: { $0.name == name }) { return weight }
        if let full = Self.shorterNames[name] { return weights.first { $0.name == full }?.renamed(name) }
        guard let path = Self.stackedNames[name] else { return nil }
        let parts = weights.filter { $0.name.hasPrefix("blocks.") && $0.name.hasSuffix("." + path) }
        guard let first = parts.first else { return nil }
        return NamedWeight(name, [parts.count] + first.shape) {
            Tensor.concatenated(parts.map { $0.tensor().unsqueezed() })
        }
    }

    /// Every name that ``weight(named:)`` may know beside those of ``weights``.
    public static let weightAliases = Array(shorterNames.keys) + Array(stackedNames.keys)

    private static let shorterNames = [
        "W_E": "embed.proj.weight", "b_E": "embed.proj.bias", "W_pos": "pos_embed.W_pos", "W_H": "head.W_H",
        "b_H": "head.b_H",
    ]

    private static let stackedNames = [
        "W_Q": "attn.W_Q", "W_K": "attn.W_K", "W_V": "attn.W_V", "W_O": "attn.W_O", "b_Q": "attn.b_Q",
        "b_K": "attn.b_K", "b_V": "attn.b_V", "b_O": "attn.b_O", "W_in": "mlp.W_in", "b_in": "mlp.b_in",
        "W_out": "mlp.W_out", "b_out": "mlp.b_out",
    ]

    private var embeddingWeights: [NamedWeight] {
        switch transformer.embedding {
        case .patches(let embedding): patchWeights(embedding)
        case .tokens(let embedding):
            [
                NamedWeight("token_embed.weight", embedding.table.shape) { embedding.table },
                NamedWeight("pos_embed", embedding.positions.shape) { embedding.positions },
            ]
        }
    }

    private func patchWeights(_ embedding: PatchEmbedding) -> [NamedWeight] {
        let kernel = [architecture.width, architecture.channels, embedding.patch.height, embedding.patch.width]
        return prefixWeights(embedding) + [
            NamedWeight("embed.proj.weight", kernel) {
                embedding.projection.unpacked().permuted([1, 0]).reshaped(kernel)
            },
            NamedWeight("embed.proj.bias", [architecture.width]) { embedding.projection.unpackedBias() },
            NamedWeight("pos_embed.W_pos", embedding.positions.shape) { embedding.positions },
        ]
    }

    /// The tokens before the patches, under timm's names where ViT-Prisma has none.
    private func prefixWeights(_ embedding: PatchEmbedding) -> [NamedWeight] {
        guard let prefix = embedding.prefix else { return [] }
        let counts = [
            ("cls_token", architecture.hasClassToken ? 1 : 0),
            ("dist_token", architecture.hasDistillationToken ? 1 : 0),
            ("reg_token", architecture.registers),
        ]
        var start = 0
        return counts.filter { $0.1 > 0 }.map { name, count in
            defer { start += count }
            let rows = prefix.rows(start..<(start + count))
            return NamedWeight(name, [1, count, architecture.width]) { rows.unsqueezed() }
        }
    }

    private var headWeights: [NamedWeight] {
        guard let head = transformer.head else { return [] }
        return head.weights("head.W_H", "head.b_H")
    }
}

extension NamedWeight {
    fileprivate func renamed(_ name: String) -> NamedWeight { NamedWeight(name, shape) { tensor() } }
}

extension PackedMatrix {
    /// [K, N] and [N].
    fileprivate func weights(_ weight: String, _ bias: String) -> [NamedWeight] {
        [
            NamedWeight(weight, [inputWidth, outputWidth]) { unpacked() },
            NamedWeight(bias, [outputWidth]) { unpackedBias() },
        ]
    }
}

extension Norm {
    fileprivate func weights(_ prefix: String) -> [NamedWeight] {
        [("w", weight), ("b", bias)].compactMap { name, tensor in
            tensor.map { tensor in NamedWeight(prefix + name, tensor.shape) { tensor } }
        }
    }
}

extension TransformerBlock {
    fileprivate func weights(_ prefix: String) -> [NamedWeight] {
        (ln1?.weights(prefix + "ln1.") ?? []) + attention.weights(prefix + "attn.")
            + (ln2?.weights(prefix + "ln2.") ?? []) + (feedForward?.weights(prefix + "mlp.") ?? [])
    }
}

extension FeedForward {
    fileprivate func weights(_ prefix: String) -> [NamedWeight] {
        input.weights(prefix + "W_in", prefix + "b_in") + (solu?.norm?.weights(prefix + "ln.") ?? [])
            + output.weights(prefix + "W_out", prefix + "b_out")
    }
}

extension AttentionPooling {
    /// Under names of our own, beside those of its hooks; ViT-Prisma has no such head.
    fileprivate func weights(_ prefix: String) -> [NamedWeight] {
        [NamedWeight(prefix + "probe", [1] + query.shape) { query.unsqueezed() }]
            + attention.weights(prefix + "attn.") + (norm?.weights(prefix + "ln.") ?? [])
            + feedForward.weights(prefix + "mlp.")
    }
}

extension Attention {
    /// W_Q, W_K, W_V [head, d_model, d_head]; W_O [head, d_head, d_model]; b_Q, b_K, b_V [head, d_head]; b_O [d_model].
    fileprivate func weights(_ prefix: String) -> [NamedWeight] {
        let (heads, headWidth, width) = (heads, headWidth, output.outputWidth)
        let inputs = [("Q", query), ("K", key), ("V", value)]
        let output = output
        return inputs.map { name, matrix in
            NamedWeight(prefix + "W_" + name, [heads, width, headWidth]) {
                matrix.unpacked().reshaped([width, heads, headWidth]).permuted([1, 0, 2]).contiguous()
            }
        } + [
            NamedWeight(prefix + "W_O", [heads, headWidth, width]) {
                output.unpacked().reshaped([heads, headWidth, width])
            }
        ]
            + inputs.map { name, matrix in
                NamedWeight(prefix + "b_" + name, [heads, headWidth]) {
                    matrix.unpackedBias().reshaped([heads, headWidth])
                }
            } + [NamedWeight(prefix + "b_O", [width]) { output.unpackedBias() }]
    }
}
