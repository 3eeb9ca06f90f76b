internal import HookedModels
internal import Imaging
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// Direct logit attribution, made ready for one request.
struct DirectReading: Sendable {
    let attribution: DirectAttribution
    let wish: AttributionWish
    let metric: Metric
    let position: Int?
    let model: HookedModel

    /// - Throws: 400 for a metric, an axis or a position that cannot be read so; 409 for a model that cannot.
    init(_ wish: AttributionWish, _ metric: Metric, of model: HookedModel) throws {
        let count = model.architecture.positions
        if let position = wish.position, position < -count || position >= count {
            throw FieldError(
                .pointer(JSONPointer()["position"]),
                "there is no position \(position): expected 0 … \(count - 1), or "
                    + "−\(count) … −1 from the end")
        }
        (self.wish, self.metric, self.model) = (wish, metric, model)
        position = wish.position.map { $0 < 0 ? $0 + count : $0 }
        let axis = try Self.axis(wish)
        do throws(StreamError) {
            attribution = try DirectAttribution(
                metric, of: model, by: axis, norm: wish.norm, position: position)
        } catch {
            throw Self.problem(error)
        }
    }

    private static func axis(_ wish: AttributionWish) throws(FieldError) -> DirectAttribution.Axis {
        guard let axis = DirectAttribution.Axis(rawValue: wish.axis.rawValue) else {
            throw FieldError(
                .pointer(JSONPointer()["by"]),
                "\(wish.axis.rawValue)s are told apart by method \"attribution_patching\"")
        }
        return axis
    }

    /// The answer, or what it would be.
    static func answer(_ call: AttributionCall) async throws -> TensorAnswer {
        let reading = try DirectReading(call.wish, try await call.metric(), of: call.loaded.model)
        var run = try ModelRun(
            call.service, call.loaded, call.options, captures: reading.attribution.captures, place: { _, _ in .root })
        run.alsoHeld = [reading.attribution.shape]
        run.analysis = reading.document
        if run.options.isDryRun { return try run.dryRun(call.payload, [("scores", reading.attribution.shape)]) }
        return try await run.answer(call.payload, call.context) { [run] result, _ in
            let scores = try await call.service.lane.analyse(call.context) { _ in try reading.scores(result) }
            var answer = reading.answer(scores)
            answer.members.append(run.provenance)
            answer.picture = reading.figure.picture(scores.map(\.scores.elements), reading.attribution.shape)
            return answer
        }
    }

    private func scores(_ result: ForwardResult) throws -> [AttributionScores] {
        let activations = RecordedActivations(result.captures, positions: attribution.positions, of: model)
        do throws(StreamError) {
            return try attribution(activations)
        } catch {
            throw Self.problem(error)
        }
    }

    private static func problem(_ error: StreamError) -> any Error {
        let fields: [StreamError.Subject: String] = [.metric: "metric", .axis: "by", .position: "position"]
        return error.problem(fields) { "the model has no hook '\($0)', which this needs" }
    }

    /// What is asked, for the provenance.
    private var document: JSONValue {
        [
            "attribution": .string(wish.method.rawValue), "by": .string(wish.axis.rawValue),
            "norm": .string(wish.norm.rawValue), "position": JSONValue(orNull: position),
            "metric": metric.document(MetricNames(metric: metric, model: model)),
        ]
    }

    private var figure: AttributionFigure {
        AttributionFigure(
            title: "Direct attribution", axis: wish.axis, labels: attribution.labels, unit: wish.unit,
            architecture: model.architecture)
    }

    /// The answer without its provenance.
    func answer(_ scores: [AttributionScores]) -> TensorAnswer {
        var members = [
            JSONMember("method", .string(wish.method.rawValue)), JSONMember("by", .string(wish.axis.rawValue)),
            JSONMember("metric", metric.document(MetricNames(metric: metric, model: model))),
            JSONMember("labels", .strings(attribution.labels)),
        ]
        let number = { (pick: (AttributionScores) -> Double) in
            JSONValue.list(scores.map { AttributionWish.number(pick($0)) })
        }
        var perInput = [
            JSONMember("sum", number(\.sum)), JSONMember("constant", number(\.constant)),
            JSONMember("value", number(\.value)), JSONMember("residue", number(\.residue)),
        ]
        if wish.top > 0 {
            perInput.append(
                JSONMember(
                    "top",
                    .list(
                        scores.map { wish.top(of: attribution.labels, $0.scores.elements) })))
        }
        if !attribution.otherLabels.isEmpty {
            members.append(JSONMember("other_labels", .strings(attribution.otherLabels)))
            perInput.append(JSONMember("others", .list(scores.map { .list($0.others.map(AttributionWish.number)) })))
        }
        if !attribution.accumulatedLabels.isEmpty {
            members.append(JSONMember("accumulated_labels", .strings(attribution.accumulatedLabels)))
            perInput.append(
                JSONMember("accumulated", .list(scores.map { .list($0.accumulated.map(AttributionWish.number)) })))
        }
        return TensorAnswer(
            members: members, perInput: perInput, tensors: [("scores", RowPieces(scores.map(\.scores)))])
    }
}
