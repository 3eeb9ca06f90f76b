internal import Tensors

/// Pictures become tokens: each patch is projected, the prefix (class token, distillation token, registers) put in front,
/// and the positions added to those tokens that have one.
struct PatchEmbedding: Sendable {
    /// The convolution as a matrix: [channel · p · q, d_model].
    let projection: PackedMatrix
    let patch: Architecture.Extent
    /// [prefix, d_model]; `nil` where patches come first.
    let prefix: Tensor?
    /// [position, d_model], of the tokens that have one: the first of the prefix, then the patches.
    let positions: Tensor
    /// How many tokens of the prefix have a position.
    let positionedPrefix: Int

    /// pixels: [batch, channel, height, width] → [batch, position, d_model].
    func callAsFunction(_ pixels: Tensor, _ probe: inout Probe) -> Tensor {
        var embedded = projection.multiply(pixels.patches(patch.height, patch.width), on: probe.crew)
        probe.visit(.embed, &embedded)
        let batch = pixels.shape[0]
        if probe.wants(.posEmbed) {
            var repeated = Tensor.concatenated(
                Array(repeating: positions.unsqueezed(), count: batch))
            probe.visit(.posEmbed, &repeated)
            if probe.changes(.posEmbed) {
                var stream = assembled(embedded, repeated)
                probe.visit(.fullEmbed, &stream)
                return stream
            }
        }
        let patchPositions = positions.rows(positionedPrefix..<positions.shape[0])
        var stream = embedded.adding(toEach: patchPositions)
        if let prefix = prefixWithPositions {
            let rows = Array(repeating: prefix.unsqueezed(), count: batch)
            stream = Tensor.concatenated([Tensor.concatenated(rows), stream], axis: 1)
        }
        probe.visit(.fullEmbed, &stream)
        return stream
    }

    /// The stream where each picture has positions of its own: [batch, positioned token, d_model].
    private func assembled(_ embedded: Tensor, _ positions: Tensor) -> Tensor {
        let patches = embedded + positions.slice(axis: 1, positionedPrefix..<positions.shape[1]).contiguous()
        guard let prefix else { return patches }
        let rows = Tensor.concatenated(Array(repeating: prefix.unsqueezed(), count: embedded.shape[0]))
        let placed =
            rows.slice(axis: 1, 0..<positionedPrefix) + positions.slice(axis: 1, 0..<positionedPrefix)
        let unplaced = rows.slice(axis: 1, positionedPrefix..<prefix.shape[0])
        return Tensor.concatenated([placed, unplaced, patches], axis: 1)
    }

    private var prefixWithPositions: Tensor? {
        guard let prefix, positionedPrefix > 0 else { return prefix }
        let placed = prefix.rows(0..<positionedPrefix) + positions.rows(0..<positionedPrefix)
        guard positionedPrefix < prefix.shape[0] else { return placed }
        return Tensor.concatenated([placed, prefix.rows(positionedPrefix..<prefix.shape[0])])
    }
}
