internal import Interpretability

/// What a stored cache can be asked, under the names of ViT-Prisma's `ActivationCache` and of TransformerLens.
enum CacheAnalysis: String, Sendable, CaseIterable {
    case accumulatedResid = "accumulated_resid"
    case decomposeResid = "decompose_resid"
    case stackHeadResults = "stack_head_results"
    case stackNeuronResults = "stack_neuron_results"
    case fullResidDecomposition = "full_resid_decomposition"
    case computeHeadResults = "compute_head_results"
    case neuronResults = "neuron_results"
    case stackActivation = "stack_activation"
    case accumulatedBias = "accumulated_bias"
    case residualDirections = "residual_directions"
    case logitAttrs = "logit_attrs"

    /// Those that part the stream, whose parts others can be made of.
    enum Stack: String, Sendable, CaseIterable {
        case decomposeResid = "decompose_resid"
        case accumulatedResid = "accumulated_resid"
        case stackHeadResults = "stack_head_results"
        case stackNeuronResults = "stack_neuron_results"
        case fullResidDecomposition = "full_resid_decomposition"

        /// Fields that say which parts.
        var fields: Set<String> {
            switch self {
            case .decomposeResid: ["mode", "incl_embeds"]
            case .accumulatedResid: ["incl_mid"]
            case .stackHeadResults: ["incl_remainder"]
            case .stackNeuronResults: ["incl_remainder", "neurons"]
            case .fullResidDecomposition: ["expand_neurons"]
            }
        }

        /// Whether the stream may be the one that enters an MLP.
        var takesMLPInput: Bool {
            switch self {
            case .decomposeResid, .accumulatedResid, .fullResidDecomposition: true
            case .stackHeadResults, .stackNeuronResults: false
            }
        }
    }

    /// The stack that it is, where it is one.
    var stack: Stack? { Stack(rawValue: rawValue) }

    /// Fields that it takes beside `analysis`, `inputs` and `return_labels`.
    /// - Parameter other: of `logit_attrs`, whose parts it reads.
    func fields(of other: Stack) -> Set<String> {
        if let stack {
            return stack.fields.union(["layer", "position", "apply_ln", "norm"])
                .union(stack.takesMLPInput ? ["mlp_input"] : [])
        }
        return switch self {
        case .computeHeadResults: ["layer", "position"]
        case .neuronResults: ["layer", "neurons", "position"]
        case .stackActivation: ["hook", "layer"]
        case .accumulatedBias: ["layer", "mlp_input", "include_mlp_biases"]
        case .residualDirections: ["classes"]
        case .logitAttrs: other.fields.union(["of", "metric", "norm", "position"])
        default: []
        }
    }
}
