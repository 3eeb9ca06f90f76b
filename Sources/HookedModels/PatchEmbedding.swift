internal import Tensors

/// Pictures become tokens: each patch is projected, the class token put in front, and the positions added.
struct PatchEmbedding: Sendable {
    /// The convolution as a matrix: [channel · p · q, d_model].
    let projection: PackedMatrix
    let patch: Architecture.Extent
    /// [1, d_model].
    let classToken: Tensor?
    /// [position, d_model].
    let positions: Tensor

    /// pixels: [batch, channel, height, width] → [batch, position, d_model].
    func callAsFunction(_ pixels: Tensor, _ probe: inout Probe) -> Tensor {
        var embedded = projection.multiply(pixels.patches(patch.height, patch.width), on: probe.crew)
        probe.visit(.embed, &embedded)
        if probe.wants(.posEmbed) {
            var repeated = Tensor.concatenated(
                Array(repeating: positions.reshaped([1] + positions.shape), count: pixels.shape[0]))
            probe.visit(.posEmbed, &repeated)
        }
        var stream = withClassToken(embedded).adding(toEach: positions)
        probe.visit(.fullEmbed, &stream)
        return stream
    }

    private func withClassToken(_ embedded: Tensor) -> Tensor {
        guard let classToken else { return embedded }
        let token = classToken.reshaped([1, 1, classToken.count])
        let tokens = Tensor.concatenated(Array(repeating: token, count: embedded.shape[0]))
        return Tensor.concatenated([tokens, embedded], axis: 1)
    }
}
