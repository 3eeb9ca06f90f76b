internal import HookedModels
internal import Interpretability
internal import TextNumbers
internal import Web

/// How a metric is shared out over what a model computed. Each method is a case here and an element of the switch.
enum AttributionMethod: String, Sendable, CaseIterable {
    /// What each part of the last stream says, norms held at their scales.
    case direct

    /// The answer of this method.
    func answer(_ call: AttributionCall) async throws -> TensorAnswer {
        switch self {
        case .direct: try await DirectReading.answer(call)
        }
    }
}

/// What a request wants of attribution, whatever the method.
struct AttributionWish: Sendable {
    let method: AttributionMethod
    let axis: DirectAttribution.Axis
    let metric: MetricWish
    let norm: StackNorm
    /// The one that is read; negative ones count from the end.
    let position: Int?
    /// How many of the largest are listed.
    let top: Int
}

/// One request for attribution: what every method is given.
struct AttributionCall: Sendable {
    let service: PrismaService
    let loaded: LoadedModel
    let options: InputOptions
    let wish: AttributionWish
    let payload: RequestPayload
    let context: RequestContext

    /// The metric for the model, its texts read.
    func metric() async throws -> Metric {
        try await wish.metric.resolve(ClassifierBuilder(service: service, loaded: loaded, context: context))
    }
}
