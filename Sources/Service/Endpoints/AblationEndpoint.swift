internal import HTTPTypes
internal import HookedModels
internal import Imaging
internal import Interpretability
internal import TextNumbers
internal import Web

/// `POST /v1/models/{model}/ablation`: what the output loses with each place of the network.
enum AblationEndpoint {
    private struct AblationRequest: Sendable {
        let options: InputOptions
        let sweep: SweepWish
        let metric: MetricWish
        let ablation: AblationWish

        static let form = Form.object(
            "AblationRequest",
            fields: InputOptions.inputs(), InputOptions.preprocess(), InputOptions.exif(), InputOptions.tower(),
            InputOptions.dryRun(), SweepWish.field(), MetricWish.field(), AblationWish.value(), AblationWish.over(),
            AblationWish.seed(), AblationWish.cache(),
            make: { inputs, preprocess, exif, tower, isDryRun, sweep, metric, value, over, seed, cache in
                AblationRequest(
                    options: InputOptions(
                        inputs: inputs, preprocess: preprocess, exif: exif, flags: sweep.flags, isDeterministic: true,
                        isDryRun: isDryRun, tower: tower),
                    sweep: sweep, metric: metric,
                    ablation: AblationWish(value: value, over: over, seed: seed, cache: cache))
            })
    }

    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .post, "/v1/models/{model}/ablation", "Ablate one place of the network after the other",
            details: """
                Tensor: `metric` [input] + the axes of the sweep; `baseline` is the metric without ablation, `flips` are the places \
                whose loss changes the prediction. As `application/x-ndjson` a line a place, sent as batches finish; as a picture \
                the heat map of two axes.
                """,
            tag: ModelBody.tag,
            body: ModelBody.request(
                AblationRequest.form,
                example: [
                    "inputs": [ModelBody.examplePicture], "sweep": ["hook": "z", "over": ["layer", "head"]],
                    "metric": ["kind": "logit", "classes": [0]],
                ]),
            responds: ModelBody.analysis("Ablation", "What every place does to the metric.", service, members: members),
            errors: ModelBody.errors
        ) { call in
            let (loaded, wish) = (try service.models.model(call.path["model"]), call.body)
            let sweep = try wish.sweep.resolve(for: try loaded.tower(wish.options.tower).model.architecture)
            var run = try ModelRun(
                service, loaded, wish.options,
                captures: SweepBase.captures(wish.ablation.needsActivations ? sweep : nil), place: { _, _ in .root })
            run.analysis = [
                "ablation": sweep.document, "value": .string(wish.ablation.value.rawValue),
                "over": JSONValue(orNull: wish.ablation.over?.rawValue), "seed": JSONValue(orNull: wish.ablation.seed),
                "cache": JSONValue(orNull: wish.ablation.cache),
            ]
            let count = try service.inputs.count(run.options, call.payload, for: run.tower)
            try wish.ablation.check(inputs: count)
            if run.options.isDryRun { return try run.dryRun(sweep, times: count, call.payload) }
            let builder = ClassifierBuilder(service: service, loaded: loaded, context: call.context)
            let metric = try await wish.metric.resolve(builder)
            let values = try wish.ablation.cache.map {
                try CachedValues($0, of: service, loaded, wish.options.tower, at: JSONPointer()["cache"])
            }
            let engine = try await SweepEngine(run, call.payload, call.context)
            let source = try wish.ablation.source(engine.base, sweep, values)
            let reading = AblationReading(sweep, metric, source, engine)
            return try await answer(reading, run, call.context)
        }
    }

    private static func answer(
        _ reading: AblationReading, _ run: ModelRun, _ context: RequestContext
    ) async throws -> TensorAnswer {
        if NDJSON.isWanted(context) {
            return try await SweepLines(reading).answer(last: reading.lastMembers + [run.provenance])
        }
        let outcomes = try await SweepLines(reading).all()
        var answer = reading.answer(outcomes)
        answer.members.append(run.provenance)
        answer.picture = reading.picture(outcomes)
        return answer
    }

    private static let members: [Schema.Property] = [
        .init("axes", Sweep.axesSchema), .init("metric", Metric.schema),
        .init("baseline", .list(.number.nullable)), .init("predictions", .list(ClassScores.nameSchema)),
        .init(
            "flips",
            .list(
                Sweep.cellSchema([
                    .init("input", .integer), .init("metric", .number.nullable), .init("change", .number.nullable),
                    .init("prediction", ClassScores.nameSchema),
                ]))),
    ]
}
