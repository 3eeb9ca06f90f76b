internal import HookedModels
internal import Tensors

// What entered the stream before the first block.

extension ResidualDecomposition {
    /// `embed` and `pos_embed`; one `ln_pre` in a model with a norm before its blocks. They add up to what enters the first
    /// block: `embed` has the tokens in it that stand before the patches, which ViT-Prisma's lacks.
    func embeddings() throws(StreamError) -> [(label: String, values: Tensor)] {
        if architecture.hasPreNorm { return [("ln_pre", try stream(entering: 0))] }
        let (embed, positions) = (try embedded(), placedPositions())
        let repeated = Tensor.concatenated(Array(repeating: positions.unsqueezed(), count: embed.shape[0]))
        return [("embed", embed), ("pos_embed", repeated)]
    }

    /// What entered the stream, less the positions; or, where the stream was not recorded, patches and prefix.
    private func embedded() throws(StreamError) -> Tensor {
        let all = activations.positions == Array(0..<architecture.positions)
        if !activations.has(.residPre, 0), activations.has(.fullEmbed) {
            return try values(.fullEmbed).adding(toEach: placedPositions().negated())
        }
        if !activations.has(.residPre, 0), architecture.text == nil, all, activations.has(.embed) {
            let patches = try activations.tensor(.embed, nil, [architecture.patches, architecture.width])
            let whole = withPrefix(patches)
            return places.map { whole.gathered(axis: 1, $0) } ?? whole
        }
        return try stream(entering: 0).adding(toEach: placedPositions().negated())
    }

    private func withPrefix(_ patches: Tensor) -> Tensor {
        let names = ["cls_token", "dist_token", "reg_token"]
        let prefix = names.compactMap { model.weight(named: $0)?.tensor().squeezed() }
        guard !prefix.isEmpty else { return patches }
        let rows = Tensor.concatenated(prefix).unsqueezed()
        return Tensor.concatenated(
            [Tensor.concatenated(Array(repeating: rows, count: patches.shape[0])), patches], axis: 1)
    }

    /// What was added to each position for being there, [position, d_model]: zeros for tokens without a place of their own.
    private func placedPositions() -> Tensor {
        let learned = model.weight(named: architecture.text == nil ? "W_pos" : "pos_embed")?.tensor()
        let width = architecture.width
        guard let learned else { return Tensor(repeating: 0, shape: [positionsShown.count, width]) }
        // Of the tokens before the patches, the first have one.
        let placedPrefix = architecture.positionedTokens - architecture.patches
        let rows = positionsShown.map { position -> Tensor in
            let row =
                position < architecture.prefixTokens
                ? (position < placedPrefix ? position : nil) : position - architecture.prefixTokens + placedPrefix
            return row.map { learned.rows($0..<($0 + 1)) } ?? Tensor(repeating: 0, shape: [1, width])
        }
        return Tensor.concatenated(rows)
    }

    /// The model's numbers of the positions that are looked at.
    private var positionsShown: [Int] { places.map { $0.map { activations.positions[$0] } } ?? activations.positions }
}

extension Tensor {
    fileprivate func negated() -> Tensor { Tensor(shape: shape, elements: elements.map { -$0 }) }
}
