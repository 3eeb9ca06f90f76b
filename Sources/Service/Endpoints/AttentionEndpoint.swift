internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import TextNumbers
internal import Web

/// `POST /v1/models/{model}/attention`: where every head looks.
enum AttentionEndpoint {
    private struct AttentionRequest: Sendable {
        let options: InputOptions
        let wish: AttentionWish
        let figure: AttentionFigureWish

        static let form = Form.object(
            "AttentionRequest",
            fields: InputOptions.inputs(), InputOptions.preprocess(), InputOptions.exif(),
            InputOptions.visionTower(
                "the maps of the text tower lie over no picture; its patterns come from …/run with \"tower\": \"text\""),
            InputOptions.flags(), InputOptions.interventions(), InputOptions.deterministic(), InputOptions.dryRun(),
            IndexList.layers(),
            IndexList.heads(),
            Field(
                "from", .choice(of: AttentionWish.Source.self), default: "pattern", "After the softmax, or before it."),
            Field("maps", .boolean, default: true, "Whether the maps themselves are answered."),
            Field(
                "rollout", rollout, default: "none",
                "Attention followed through all layers, with its heads combined so."),
            Field("summary", .boolean, default: false, "Numbers that sum up each head, and what kind of head it is."),
            AttentionFigureWish.query(), AttentionFigureWish.scale(),
            make: {
                inputs, preprocess, exif, _, flags, interventions, isDeterministic, isDryRun, layers, heads, source,
                maps, rollout,
                summary, query, scale in
                AttentionRequest(
                    options: InputOptions(
                        inputs: inputs, preprocess: preprocess, exif: exif, flags: flags,
                        isDeterministic: isDeterministic, isDryRun: isDryRun,
                        interventions: interventions),
                    wish: AttentionWish(
                        layers: layers, heads: heads, source: source, showsMaps: maps, rollout: rollout,
                        summary: summary),
                    figure: AttentionFigureWish(query: query, normalization: scale))
            })

        private static let rollout = Form<String>.choice(
            ["none"] + AttentionRollout.Combination.allCases.map(\.rawValue)
        )
        .map { AttentionRollout.Combination(rawValue: $0) }
    }

    private static let kind = Schema.object(
        "HeadKind", properties: [.init("kind", .choice(HeadKind.names)), .init("score", .number)])

    private static let station = Schema.object(
        "HeadTourStation", "Heads of one kind, the clearest first.",
        properties: [
            .init("kind", .choice(HeadKind.names)), .init("sentence", .string),
            .init(
                "heads",
                .list(
                    .object(properties: [
                        .init("layer", .integer), .init("head", .integer), .init("score", .number),
                    ]))),
        ])

    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .post, "/v1/models/{model}/attention", "Read attention maps",
            details: """
                Tensors: `pattern` (or `scores`) [input, layer, head, query, key]; with `rollout` also `rollout` [input, \
                query, key], over all layers and heads whichever are shown; with `summary`, each [input, layer, head]: \
                \(HeadScore.all.map { "`\($0.name)`" }.joined(separator: ", ")); entropy in nats, mean_distance in patches, \
                the others shares from 0 to 1, averaged over the queries for which they exist. \
                Positions before the first patch are `prefix_tokens`; `tour` lists the heads by kind, \
                by the mean over the inputs (not in lines). A query whose \
                scores are no numbers has a pattern of zeros, as in ViT-Prisma: the scores of its head, and the roll-out, are \
                then no numbers either, and the head has no kind and is on no tour.
                """,
            tag: ModelBody.tag,
            body: ModelBody.request(
                AttentionRequest.form,
                example: ["inputs": [ModelBody.examplePicture], "layers": [0], "summary": true]),
            responds: ModelBody.analysis(
                "Attention", "The maps, their roll-out and what sums them up.", service,
                members: [
                    .init("layers", .list(.integer)), .init("heads", .list(.integer)),
                    .init("grid", .object(properties: [.init("height", .integer), .init("width", .integer)])),
                    .init("prefix_tokens", .integer),
                    .init(
                        "kinds",
                        .list(.list(kind.nullable)).described("[layer][head]; null where a score is not finite."),
                        isRequired: false),
                    .init("tour", .list(station), isRequired: false),
                ]),
            errors: ModelBody.errors
        ) { call in
            let loaded = try service.models.model(call.path["model"])
            let reading = try AttentionReading(call.body.wish, of: loaded.model.architecture)
            let content = try reading.content(call.body.figure)
            var run = try ModelRun(
                service, loaded, call.body.options, captures: reading.captures, place: { _, _ in .root })
            run.alsoHeld = reading.shapes.map(\.shape)
            run.analysis = reading.document
            if run.options.isDryRun { return try run.dryRun(call.payload, reading.shapes) }
            return try await run.answer(call.payload, call.context) { [run] result, _ in
                var answer = try await service.lane.analyse(call.context) { crew in
                    reading.answer(result, isWhole: !NDJSON.isWanted(call.context), on: crew)
                }
                answer.members.append(run.provenance)
                if PictureBody.isWanted(call.context) {
                    answer.picture = reading.picture(answer, content, call.body.figure.normalization)
                }
                return answer
            }
        }
    }
}
