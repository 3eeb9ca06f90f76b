internal import Tensors

/// Words become tokens: each id takes its row of the table, and the positions are added.
struct TokenEmbedding: Sendable {
    /// [vocabulary, d_model].
    let table: Tensor
    /// [position, d_model].
    let positions: Tensor

    /// ids: [batch, position], whole numbers below the vocabulary → [batch, position, d_model].
    func callAsFunction(_ ids: Tensor, _ probe: inout Probe) -> Tensor {
        let rows = ids.elements.map { Int($0) }
        var embedded = table.gathered(axis: 0, rows).reshaped(ids.shape + [table.shape[1]])
        probe.visit(.embed, &embedded)
        if probe.wants(.posEmbed) {
            var repeated = Tensor.concatenated(
                Array(repeating: positions.unsqueezed(), count: ids.shape[0]))
            probe.visit(.posEmbed, &repeated)
            if probe.changes(.posEmbed) {
                embedded += repeated
                probe.visit(.fullEmbed, &embedded)
                return embedded
            }
        }
        var stream = embedded.adding(toEach: positions)
        probe.visit(.fullEmbed, &stream)
        return stream
    }
}

/// How an input becomes the first stream.
enum Embedding: Sendable {
    case patches(PatchEmbedding)
    case tokens(TokenEmbedding)

    /// [batch] + ``Architecture/inputShape`` → [batch, position, d_model].
    func callAsFunction(_ input: Tensor, _ probe: inout Probe) -> Tensor {
        switch self {
        case .patches(let embedding): embedding(input, &probe)
        case .tokens(let embedding): embedding(input, &probe)
        }
    }

    /// [position, d_model].
    var positions: Tensor {
        switch self {
        case .patches(let embedding): embedding.positions
        case .tokens(let embedding): embedding.positions
        }
    }

    /// Bytes held beside the positions.
    var byteCount: Int {
        switch self {
        case .patches(let embedding): embedding.projection.byteCount + 4 * (embedding.prefix?.count ?? 0)
        case .tokens(let embedding): embedding.table.count * 4
        }
    }
}
