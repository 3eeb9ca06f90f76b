internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// How a metric is shared out over what a model computed. Each method is a case here and an element of the switch.
enum AttributionMethod: String, Sendable, CaseIterable {
    /// What each part of the last stream says, norms held at their scales.
    case direct
    /// Gradient times the difference of two runs.
    case attributionPatching = "attribution_patching"
    /// Gradient times what is there.
    case gradXActivation = "grad_x_activation"
    /// The difference from a baseline times the mean gradient on the way.
    case integratedGradients = "integrated_gradients"
    /// Attention and its gradient, through the layers.
    case relevance

    /// The answer of this method.
    func answer(_ call: AttributionCall) async throws -> TensorAnswer {
        try call.wish.checkFields()
        switch self {
        case .direct: return try await DirectReading.answer(call)
        case .attributionPatching, .gradXActivation:
            return call.wish.axis == .edge
                ? try await EdgeReading.answer(call) : try await GradientReading.answer(call)
        case .integratedGradients: return try await IntegratedReading.answer(call)
        case .relevance: return try await RelevanceReading.answer(call)
        }
    }

    /// Fields that only some methods look at.
    fileprivate var ownFields: Set<String> {
        switch self {
        case .direct: ["position"]
        case .attributionPatching: ["clean", "corrupt", "site"]
        case .gradXActivation: ["site"]
        case .integratedGradients: ["baseline", "steps", "layer"]
        case .relevance: ["position"]
        }
    }

    /// Whether only positions can be told apart.
    fileprivate var isOfPositions: Bool { self == .integratedGradients || self == .relevance }
}

/// What a request wants of attribution, whatever the method.
struct AttributionWish: Sendable {
    let method: AttributionMethod
    /// `nil` for the method's own.
    let chosenAxis: AttributionAxis?
    let metric: MetricWish
    let norm: StackNorm
    /// The one that is read; negative ones count from the end.
    let position: Int?
    /// How many of the largest are listed.
    let top: Int
    let gradient: GradientFields

    /// What methods that use gradients ask for.
    struct GradientFields: Sendable {
        let clean: InputSource?
        let corrupt: InputSource?
        let baseline: InputSource?
        let site: SweepSite?
        let steps: Int?
        let layer: Int?
    }

    /// What is told apart.
    var axis: AttributionAxis { chosenAxis ?? (method.isOfPositions ? .position : .component) }

    /// What the scores are in, as words.
    var unit: String { metric.kind.rawValue.replacing("_", with: " ") }

    /// All digits of float64: a residue is what is left of their difference.
    static func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }

    /// The largest by magnitude, as the answer lists them.
    func top(of labels: [String], _ values: [Float]) -> JSONValue {
        let strength = values.map { $0.isNaN ? 0 : abs($0) }
        return .list(
            ClassRanking(strength).top(top).map { found in
                ["label": .string(labels[found.index]), "score": .float(Double(values[found.index]))]
            })
    }

    /// Refuses fields that the method does not look at, and a lack of those that it needs.
    fileprivate func checkFields() throws(FieldError) {
        let given: [(String, Bool)] = [
            ("clean", gradient.clean != nil), ("corrupt", gradient.corrupt != nil),
            ("baseline", gradient.baseline != nil), ("site", gradient.site != nil), ("steps", gradient.steps != nil),
            ("layer", gradient.layer != nil), ("position", position != nil),
        ]
        for (name, isGiven) in given where isGiven && !method.ownFields.contains(name) {
            throw FieldError(
                .pointer(JSONPointer()[name]), "method \"\(method.rawValue)\" has no such setting")
        }
        if method.isOfPositions, axis != .position {
            throw FieldError(
                .pointer(JSONPointer()["by"]),
                "method \"\(method.rawValue)\" tells positions apart: expected \"position\"")
        }
    }
}

/// One request for attribution: what every method is given.
struct AttributionCall: Sendable {
    let service: PrismaService
    let loaded: LoadedModel
    var options: InputOptions
    let wish: AttributionWish
    let payload: RequestPayload
    let context: RequestContext

    /// The metric for the model, its texts read.
    func metric() async throws -> Metric {
        try await wish.metric.resolve(ClassifierBuilder(service: service, loaded: loaded, context: context))
    }

    /// A metric that one run has by itself.
    /// - Throws: 400 for one that compares with another run.
    func ownMetric() async throws -> Metric {
        try GradientWish.refuseReference(wish.metric.kind, at: JSONPointer()["metric"])
        return try await metric()
    }

    /// What every answer of gradients begins with.
    func members(_ metric: Metric, labels: [String]?) -> [JSONMember] {
        [
            JSONMember("method", .string(wish.method.rawValue)), JSONMember("by", .string(wish.axis.rawValue)),
            JSONMember("metric", metric.document(MetricNames(metric: metric, model: loaded.model))),
        ] + (labels.map { [JSONMember("labels", .strings($0))] } ?? [])
    }

    /// What is asked, for the provenance.
    func document(_ metric: Metric) -> JSONValue {
        [
            "attribution": .string(wish.method.rawValue), "by": .string(wish.axis.rawValue),
            "site": JSONValue(orNull: wish.gradient.site?.rawValue), "steps": JSONValue(orNull: wish.gradient.steps),
            "layer": JSONValue(orNull: wish.gradient.layer), "position": JSONValue(orNull: wish.position),
            "metric": metric.document(MetricNames(metric: metric, model: loaded.model)),
        ]
    }

    /// A heat map of what the method gave.
    func figure(_ title: String, labels: [String]) -> AttributionFigure {
        AttributionFigure(
            title: title, axis: wish.axis, labels: labels, unit: wish.unit, architecture: loaded.model.architecture)
    }
}
