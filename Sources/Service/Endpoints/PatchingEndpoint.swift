internal import HTTPTypes
internal import HookedModels
internal import Imaging
internal import Interpretability
internal import TextNumbers
internal import Web

/// `POST /v1/models/{model}/patching`: what each place of the network carries from one run into another.
enum PatchingEndpoint {
    private struct PatchingRequest: Sendable {
        let options: InputOptions
        let sweep: SweepWish?
        let path: PathWish?
        let metric: MetricWish?
        let direction: PatchingReading.Direction
        let searches: Bool

        static let form = Form.object(
            "PatchingRequest",
            fields: Field(
                "clean", InputSource.form, "The run that activations are taken from, unless the direction is noise."),
            Field("corrupt", InputSource.form, "The other run."),
            InputOptions.preprocess(), InputOptions.exif(), InputOptions.tower(), InputOptions.dryRun(),
            SweepWish.optionalField(), PathWish.field(),
            Field(
                optional: "metric", MetricWish.form,
                "What is measured; unless given the logit of what the clean run says less that of what the corrupt one says."
            ),
            Field(
                "direction", .choice(of: PatchingReading.Direction.self), default: "denoise",
                "denoise puts the clean run's activations into the corrupt one, noise the other way round."),
            Field(
                "search", .boolean, default: false,
                "Also looks for a smallest set of cells that turns one run's prediction into the other's."),
            make: { clean, corrupt, preprocess, exif, tower, isDryRun, sweep, path, metric, direction, searches in
                PatchingRequest(
                    options: InputOptions(
                        inputs: [clean, corrupt], preprocess: preprocess, exif: exif,
                        flags: sweep?.flags ?? FlagOverrides(), isDeterministic: true, isDryRun: isDryRun,
                        tower: tower, places: [JSONPointer()["clean"], JSONPointer()["corrupt"]]),
                    sweep: sweep, path: path, metric: metric, direction: direction, searches: searches)
            })

        /// The cells, and the path from each where there is one.
        /// - Throws: 400 unless there is either a sweep or a path, and for what the model does not have.
        func cells(of architecture: Architecture) throws -> (Sweep, PatchPath?) {
            switch (sweep, path) {
            case (let sweep?, nil): (try sweep.resolve(for: architecture), nil)
            case (nil, let path?): try path.resolve(for: architecture)
            case (nil, nil):
                throw FieldError(.pointer(JSONPointer()["sweep"]), "expected a sweep, or a path in its place")
            case (_?, _?):
                throw FieldError(.pointer(JSONPointer()["path"]), "expected either a sweep or a path, found both")
            }
        }
    }

    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .post, "/v1/models/{model}/patching", "Patch activations of one run into another",
            details: """
                Tensors: `metric` and `normalised` = (metric − corrupt)/(clean − corrupt), over the axes of the sweep. `flips` are \
                the cells that change the prediction. As `application/x-ndjson` a line a cell, sent as batches finish; as a \
                picture the heat map of two axes. Sweeps give way to other requests, and end when the client goes away. A `path` in \
                place of the `sweep` tells what single heads say to receivers alone, over layer and head: `{"sender": {}, \
                "receivers": [{"hook": "q", "layer": 9, "heads": [6, 9]}], "through": "direct"}`, or `"receivers": "output"` for \
                what each head says to the output itself.
                """,
            tag: ModelBody.tag,
            body: ModelBody.request(
                PatchingRequest.form,
                example: [
                    "clean": ModelBody.examplePicture, "corrupt": ModelBody.examplePicture,
                    "sweep": ["hook": "z", "over": ["layer", "head"]],
                ]),
            responds: ModelBody.analysis(
                "Patching", "What every cell does to the metric.", service, members: members),
            errors: ModelBody.errors
        ) { call in
            let loaded = try service.models.model(call.path["model"])
            let architecture = try loaded.tower(call.body.options.tower).model.architecture
            let (sweep, path) = try call.body.cells(of: architecture)
            var run = try ModelRun(
                service, loaded, call.body.options, captures: SweepBase.captures(sweep, along: path),
                place: { _, _ in .root })
            run.alsoWorking = SweepEngine.workingBytes(of: architecture, along: path)
            run.analysis = [
                "patching": sweep.document, "path": path?.document ?? .null,
                "direction": .string(call.body.direction.rawValue),
            ]
            if run.options.isDryRun { return try run.dryRun(sweep, along: path, call.payload) }
            let builder = ClassifierBuilder(service: service, loaded: loaded, context: call.context)
            let metric = try await call.body.metric?.resolve(builder)
            let engine = try await SweepEngine(run, along: path, call.payload, call.context)
            try PatchingReading.check(inputs: engine.base.outputs.count)
            let reading = PatchingReading(sweep, metric, call.body.direction, engine)
            return try await answer(reading, run, searches: call.body.searches, call.context)
        }
    }

    private static func answer(
        _ reading: PatchingReading, _ run: ModelRun, searches: Bool, _ context: RequestContext
    ) async throws -> TensorAnswer {
        if NDJSON.isWanted(context) {
            let search: SweepLines<PatchingReading>.Closing = { singles in
                AnswerLine.result(try await reading.searchMembers(singles), tensors: [])
            }
            return try await SweepLines(reading, closing: searches ? search : nil)
                .answer(last: reading.lastMembers + [run.provenance])
        }
        let outcomes = try await SweepLines(reading).all()
        var answer = reading.answer(outcomes, searches ? try await reading.searchMembers(outcomes) : [])
        answer.members.append(run.provenance)
        answer.picture = reading.picture(outcomes)
        return answer
    }

    private static let members: [Schema.Property] = [
        .init("axes", Sweep.axesSchema),
        .init("direction", .choice(PatchingReading.Direction.allCases.map(\.rawValue))),
        .init("path", PatchPath.schema.nullable),
        .init("metric", Metric.schema), .init("baseline_clean", .number.nullable),
        .init("baseline_corrupt", .number.nullable),
        .init(
            "predictions",
            .object(properties: [.init("clean", ClassScores.nameSchema), .init("corrupt", ClassScores.nameSchema)])),
        .init(
            "flips",
            .list(
                Sweep.cellSchema([
                    .init("metric", .number.nullable), .init("normalised", .number.nullable),
                    .init("prediction", ClassScores.nameSchema),
                ]))),
        .init(
            "search",
            .object(properties: [
                .init("found", .boolean), .init("target", ClassScores.nameSchema),
                .init("size", .integer, isRequired: false),
                .init("proof", .choice(["smallest", "irreducible"]), isRequired: false),
                .init("cells", .list(Sweep.cellSchema()), isRequired: false),
                .init("metric", .number.nullable, isRequired: false),
                .init("prediction", ClassScores.nameSchema, isRequired: false),
            ]), isRequired: false),
    ]
}
