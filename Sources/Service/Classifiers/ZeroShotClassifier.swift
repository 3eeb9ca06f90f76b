internal import Interpretability
internal import Tensors

/// Directions that texts gave to classes, ready to be compared with embeddings (Radford et al. 2021, arXiv:2103.00020,
/// section 3.1).
struct ZeroShotClassifier: Sendable {
    let prompts: ZeroShotPrompts
    /// Unit directions times the model's scale: [d, class].
    private let head: PackedMatrix

    /// - Parameters:
    ///   - directions: [class, d], each of unit length.
    ///   - scale: what a cosine is multiplied with.
    init(_ prompts: ZeroShotPrompts, directions: Tensor, scale: Float) {
        self.prompts = prompts
        let scaled = Tensor(shape: directions.shape, elements: directions.elements.map { $0 * scale })
        head = PackedMatrix(scaled.permuted([1, 0]))
    }

    /// Cosines times the scale: [..., d] → [..., class].
    func logits(_ embeddings: Tensor, on crew: Crew = .solo) -> Tensor {
        head.multiply(embeddings.withUnitRows(), on: crew)
    }

    /// The same in float64 with its derivative, for metrics.
    var reading: TextReading {
        TextReading(labels: prompts.labels, directions: head.unpacked().permuted([1, 0]).contiguous())
    }

    /// Bytes held, about.
    var byteCount: Int { head.byteCount + prompts.byteCount }
}
