/// A rewriting of weights at load that leaves the model's output as it is and makes what lies inside easier to read.
/// The names are those of ViT-Prisma's `load_hooked_model`; the order, in which it applies them, is the cases'.
public enum WeightTransform: String, Sendable, CaseIterable {
    /// Weight and bias of each norm go into the matrices that read it, whose columns then have a mean of zero. The norms
    /// only centre and scale.
    case foldNorms = "fold_ln"
    /// What is written to the stream has a mean of zero over its features: positions, attention, MLP.
    case centreWriting = "center_writing_weights"
    /// The biases of the values go into that of attention's output: the rows of a pattern sum to one.
    case foldValueBiases = "fold_value_biases"
    /// Of each head, W_Q and W_K become the two halves of their product's singular value decomposition, and W_V and W_O
    /// of theirs.
    case refactorAttention = "refactor_factored_attn_matrices"

    /// Those of a set, in the order in which they are applied.
    public static func inOrder(_ set: Set<WeightTransform>) -> [WeightTransform] { allCases.filter(set.contains) }
}

extension Architecture {
    /// Why a transform would change what this model gives, as a clause; `nil` where it does not.
    func objection(to transform: WeightTransform) -> String? {
        switch transform {
        case .foldNorms: objectionToFoldingNorms
        case .centreWriting: objectionToCentring
        // Only a mix of values by rows that sum to one, and products of two matrices, are used: all models have these.
        case .foldValueBiases, .refactorAttention: nil
        }
    }

    private var objectionToFoldingNorms: String? {
        if let objection = objectionToItsNorms { return objection }
        if pooling == .attention { return "its attention pooling, and no head, reads the final norm" }
        if classes == nil, hasFinalNorm || hasPooledNorm {
            return "it has no head that could take over the weight and the bias of its final norm"
        }
        if hasFinalNorm, hasPooledNorm { return "a norm after pooling stands between its final norm and its head" }
        return nil
    }

    private var objectionToCentring: String? {
        if let objection = objectionToItsNorms { return objection }
        if hasFinalNorm { return nil }
        return hasPooledNorm && pooling != .attention ? nil : "its output reads the stream without a norm before it"
    }

    /// Both rest on norms that take the mean off everything that is read from the stream.
    private var objectionToItsNorms: String? {
        if normalization == .none { return "it has no layer norms" }
        if block == .branchNorm { return "its blocks read the stream itself: their norms come after attention and MLP" }
        return nil
    }
}
