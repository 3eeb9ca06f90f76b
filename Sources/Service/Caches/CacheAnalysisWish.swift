internal import HookedModels
internal import Interpretability
internal import TextNumbers
internal import Web

/// The body of `POST /v1/caches/{cache}/analyses`. What is `nil` was left out.
struct CacheAnalysisWish: Sendable {
    let analysis: CacheAnalysis
    let inputs: [Int]?
    let layer: Int?
    let mlpInput: Bool?
    let position: Positions?
    let appliesLN: Bool?
    let norm: StackNorm?
    let mode: ResidualDecomposition.Mode?
    let includesEmbeddings: Bool?
    let includesMid: Bool?
    let includesRemainder: Bool?
    let expandsNeurons: Bool?
    let includesMLPBiases: Bool?
    let neurons: [Int]?
    let hook: String?
    let of: CacheAnalysis.Stack?
    let metric: MetricWish?
    let classes: [ClassName]?
    let returnsLabels: Bool

    /// Which positions, and whether their axis stays.
    enum Positions: Sendable {
        /// It goes, as in ViT-Prisma.
        case one(Int)
        case several(Selection.Positions)
    }

    static let form = Form.object(
        "CacheAnalysis",
        fields: Field("analysis", .choice(of: CacheAnalysis.self), "Which one."),
        Field(optional: "inputs", .list(of: .integer, count: 1...65_536), "Which of the inputs; all unless given."),
        Field(
            optional: "layer", .integer,
            "The stream that enters this layer; left out, −1 or n_layers: the one that leaves the last. Of "
                + "neuron_results and compute_head_results, the layer itself."),
        Field(optional: "mlp_input", .boolean, "The stream that enters the MLP of `layer`; false unless given."),
        Field(
            optional: "position", positions,
            "One position, whose axis goes; or a list, \"cls\", \"patches\" or \"all\", whose axis stays. Of logit_attrs, "
                + "unless given: what the model's pooling reads."),
        Field(
            optional: "apply_ln", .boolean,
            "Brings the parts to where the norm that reads the stream would bring it; false unless given."),
        Field(
            optional: "norm", .choice(of: StackNorm.self),
            "How that norm is carried over: centred and scaled alone (prisma), or with its weight, its bias beside the parts "
                + "(exact). Unless given prisma; of logit_attrs exact."),
        Field(optional: "mode", .choice(of: ResidualDecomposition.Mode.self), "Of decompose_resid: all, attn or mlp."),
        Field(optional: "incl_embeds", .boolean, "Of decompose_resid: embedding and positions too; true unless given."),
        Field(optional: "incl_mid", .boolean, "Of accumulated_resid: the stream before each MLP too."),
        Field(optional: "incl_remainder", .boolean, "Of heads and neurons: what else is in the stream."),
        Field(optional: "expand_neurons", .boolean, "Of the full decomposition: neurons apart; true unless given."),
        Field(optional: "include_mlp_biases", .boolean, "Of accumulated_bias; true unless given."),
        Field(
            optional: "neurons", .list(of: .integer, count: 1...65_536),
            "Which of each layer's neurons; all unless given."),
        Field(
            optional: "hook", .string(length: 1...128), "Of stack_activation: its name without the layer, such as z."),
        Field(
            optional: "of", .choice(of: CacheAnalysis.Stack.self),
            "Of logit_attrs: the parts that are read; decompose_resid unless given."),
        Field(optional: "metric", MetricWish.form, "Of logit_attrs: logit or logit_difference."),
        Field(
            optional: "classes", .list(of: ClassName.form, count: 1...4_096),
            "Of residual_directions: the classes, by label or number."),
        Field("return_labels", .boolean, default: true, "Whether the parts' names are answered."),
        make: CacheAnalysisWish.init)

    private static let positions = Form<Positions>.either(
        Form<Int>.integer.map { .one($0) }, CaptureForm.positionsForm.map { .several($0) })

    /// - Throws: the error of a field that the analysis has no use for, or that it lacks.
    func check() throws(FieldError) {
        let given: [(String, Bool)] = [
            ("layer", layer != nil), ("mlp_input", mlpInput != nil), ("position", position != nil),
            ("apply_ln", appliesLN != nil), ("norm", norm != nil), ("mode", mode != nil),
            ("incl_embeds", includesEmbeddings != nil), ("incl_mid", includesMid != nil),
            ("incl_remainder", includesRemainder != nil), ("expand_neurons", expandsNeurons != nil),
            ("include_mlp_biases", includesMLPBiases != nil), ("neurons", neurons != nil), ("hook", hook != nil),
            ("of", of != nil), ("metric", metric != nil), ("classes", classes != nil),
        ]
        let known = analysis.fields(of: of ?? .decomposeResid)
        for (name, isGiven) in given where isGiven && !known.contains(name) {
            throw FieldError(
                .pointer(JSONPointer()[name]),
                "\(analysis.rawValue) has no use for it; it takes \(known.sorted().joined(separator: ", "))")
        }
        if analysis == .logitAttrs, metric == nil { throw missing("metric") }
        if analysis == .stackActivation, hook == nil { throw missing("hook") }
        if analysis == .neuronResults || analysis == .computeHeadResults, layer == nil { throw missing("layer") }
        if analysis == .residualDirections, classes == nil { throw missing("classes") }
        if norm != nil, analysis.stack != nil, appliesLN != true {
            throw FieldError(.pointer(JSONPointer()["norm"]), "no norm is applied unless apply_ln is true")
        }
    }

    private func missing(_ field: String) -> FieldError {
        FieldError(.pointer(JSONPointer()[field]), "\(analysis.rawValue) needs it")
    }
}
