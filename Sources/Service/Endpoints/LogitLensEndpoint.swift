internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import TextNumbers
internal import Web

/// `POST /v1/models/{model}/logit-lens`: what the model would say of the stream on its way.
enum LogitLensEndpoint {
    private struct LensRequest: Sendable {
        let options: InputOptions
        let wish: LensWish
        let figure: LensFigureWish

        static let form = Form.object(
            "LogitLensRequest",
            fields: InputOptions.inputs(), InputOptions.preprocess(), InputOptions.exif(),
            InputOptions.visionTower(
                "the text tower gives a direction, no classes; its streams come from …/run with \"tower\": \"text\""),
            InputOptions.flags(), InputOptions.interventions(), InputOptions.deterministic(), InputOptions.dryRun(),
            Field(
                "component", .choice(of: LogitLens.Component.self), default: "resid_pre",
                "The stream that enters each layer, and what leaves the last (so one more than layers); the stream between "
                    + "attention and MLP; what leaves each layer; or what attention or MLP add."),
            IndexList.layers(), CaptureForm.positions(),
            Field(
                "top_k", .integer(0...1_000), default: 5, "How many classes of each stream and position, best first."),
            Field(
                optional: "directions", .list(of: ClassName.form, count: 1...4_096),
                "Classes by label or number, or of a CLIP texts: only their logits are answered, with their ranks."),
            Field(
                "norm", .choice(of: LogitLens.Norm.self), default: "own",
                "The final norm of each stream, so that the last one gives the model's logits; or ViT-Prisma's: centred, divided "
                    + "by the scale of the final norm at that position, without its weight and bias. A model whose norm "
                    + "comes after pooling (timm's fc_norm) has that norm at each position instead, so that no stream gives "
                    + "the model's logits, and has no final_scale."),
            Field(
                optional: "bias", .boolean, "Adds the head's bias; the default is true for own, false for final_scale."),
            Field("logits", .boolean, default: true, "Whether the logits themselves are answered."),
            LensFigureWish.figure(), LensFigureWish.mode(), LensFigureWish.opacity(),
            make: {
                inputs, preprocess, exif, _, flags, interventions, isDeterministic, isDryRun, component, layers,
                positions, top,
                directions, norm, bias, logits, figure, mode, opacity in
                LensRequest(
                    options: InputOptions(
                        inputs: inputs, preprocess: preprocess, exif: exif, flags: flags,
                        isDeterministic: isDeterministic, isDryRun: isDryRun,
                        interventions: interventions),
                    wish: LensWish(
                        component: component, layers: layers, positions: positions, top: top, directions: directions,
                        norm: norm, bias: bias, showsLogits: logits),
                    figure: LensFigureWish(figure: figure, mode: mode, opacity: opacity))
            })
    }

    private static func nested(_ element: Schema, _ summary: String) -> Schema {
        Schema.list(.list(.list(.list(element)))).described(summary)
    }

    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .post, "/v1/models/{model}/logit-lens", "Read streams through the head",
            details: """
                Tensor: `logits` [input, stream, position, class], all classes or those of `directions`; `labels` are the \
                streams. `top` holds the best classes of all, [input][stream][position], and `ranks` how many classes come \
                before those of `directions`, [input][stream][position][class] (where logits are no numbers, no \
                class is the best, and ranks are null). Of a CLIP with a text tower, `directions` may be \
                texts: each stream goes through the final norm and the visual projection, and the logit is its cosine with \
                the direction that the text tower gives to the text, times e to `logit_scale` (100 where the checkpoint \
                has none); probabilities are over these texts. That needs `norm: own`.
                """,
            tag: ModelBody.tag,
            body: ModelBody.request(
                LensRequest.form,
                example: ["inputs": [ModelBody.examplePicture], "positions": "cls", "directions": [0, 1]]),
            responds: ModelBody.analysis(
                "LogitLens", "Logits of every stream, and the best classes.", service,
                members: [
                    .init("labels", .list(.string)),
                    .init("classes", .list(ClassScores.nameSchema), isRequired: false),
                    .init("top", nested(ClassScores.schema, "[input][stream][position]"), isRequired: false),
                    .init("ranks", nested(.integer, "[input][stream][position][class]"), isRequired: false),
                ]),
            errors: ModelBody.errors
        ) { call in
            let loaded = try service.models.model(call.path["model"])
            let texts = try await texts(
                call.body.wish, ClassifierBuilder(service: service, loaded: loaded, context: call.context))
            let reading = try LensReading(
                call.body.wish, of: loaded, texts: texts, isDrawn: PictureBody.isWanted(call.context))
            var run = try ModelRun(
                service, loaded, call.body.options, captures: reading.captures, place: { _, _ in .root })
            run.alsoHeld = [reading.held(run.plan)]
            run.analysis = reading.document
            if run.options.isDryRun { return try run.dryRun(call.payload, reading.shapes(run.plan)) }
            return try await run.answer(call.payload, call.context) { [run] result, pixels in
                let views = try await service.lane.analyse(call.context) { crew in reading.views(result, on: crew) }
                var answer = reading.answer(views)
                answer.members.append(run.provenance)
                if PictureBody.isWanted(call.context) {
                    answer.picture = reading.picture(views, pixels, run.preprocessing, call.body.figure)
                }
                return answer
            }
        }
    }

    /// What the texts among `directions` are to a CLIP; `nil` where they are classes.
    private static func texts(_ wish: LensWish, _ builder: ClassifierBuilder) async throws -> ZeroShotClassifier? {
        guard builder.loaded.text != nil, let directions = wish.directions else { return nil }
        let labels = directions.compactMap(\.label)
        if labels.isEmpty { return nil }
        guard labels.count == directions.count else {
            throw FieldError(
                .pointer(JSONPointer()["directions"]), "expected texts, or numbers of the output's dimensions, not both"
            )
        }
        guard wish.norm == .own else {
            throw FieldError(
                .pointer(JSONPointer()["norm"]), "texts are compared after the final norm: expected \"own\"")
        }
        return try await builder.classifier(of: ZeroShotPrompts(labels: labels, templates: [ZeroShotPrompts.place]))
    }
}
