internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// `POST /v1/models/{model}/predict`: the best classes of each input.
enum PredictEndpoint {
    private struct PredictRequest: Sendable {
        let options: InputOptions
        let topK: Int
        let answer: ClassName?
        let texts: ZeroShotWish

        static let form = Form.object(
            "PredictRequest",
            fields: InputOptions.inputs(), InputOptions.preprocess(), InputOptions.exif(), InputOptions.tower(),
            InputOptions.flags(), InputOptions.interventions(),
            InputOptions.deterministic(),
            Field("top_k", .integer(1...100_000), default: 5, "How many classes, best first."),
            Field(optional: "answer", ClassName.form, "A class whose rank is told: its label or its number."),
            ZeroShotWish.labels(), ZeroShotWish.templates(), ZeroShotWish.classifier(),
            make: {
                inputs, preprocess, exif, tower, flags, interventions, isDeterministic, topK, answer, labels, templates,
                classifier in
                PredictRequest(
                    options: InputOptions(
                        inputs: inputs, preprocess: preprocess, exif: exif, flags: flags,
                        isDeterministic: isDeterministic, isDryRun: false, tower: tower,
                        interventions: interventions),
                    topK: topK, answer: answer,
                    texts: ZeroShotWish(labels: labels, templates: templates, classifier: classifier))
            })
    }

    private static let schema = Schema.object(
        "Prediction",
        properties: [
            .init(
                "results",
                .list(
                    .object(
                        properties: [
                            .init(
                                "truncated",
                                .boolean.described("True for a text of which only the first words fit the context."),
                                isRequired: false),
                            .init(
                                "top",
                                .list(ClassScores.schema).described(
                                    "Empty where logits are no numbers: none is the best.")),
                            .init("answer", ClassScores.nameSchema, isRequired: false),
                            .init(
                                "rank",
                                .integer.nullable.described("Of the answer; 0 is the best, null without an order."),
                                isRequired: false),
                            .init(
                                "non_finite", .integer.described("How many logits are not finite, where any is."),
                                isRequired: false),
                        ]))),
            .init("provenance", ModelRun.provenanceSchema),
        ])

    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .post, "/v1/models/{model}/predict", "Classify pictures",
            details: "For each input, in the order given, the best classes with their logits and probabilities. "
                + ZeroShotPrompts.details + " " + NDJSON.details,
            tag: ModelBody.tag,
            body: ModelBody.request(
                PredictRequest.form, example: ["inputs": [ModelBody.examplePicture], "top_k": 3]),
            responds: ResponseForm(
                "The best classes of each input.",
                [
                    JSONBody(schema) { (prediction: Prediction) in prediction.document },
                    NDJSONBody(pool: service.pool) { $0.lines ?? AnswerLines([], last: []) },
                ]),
            errors: ModelBody.errors
        ) { call in
            let loaded = try service.models.model(call.path["model"])
            var run = try ModelRun(service, loaded, call.body.options)
            let classifier = try await call.body.texts.classifier(
                ClassifierBuilder(service: service, loaded: loaded, context: call.context))
            run.analysis = classifier.map { .object($0.prompts.members) } ?? .null
            let names: any ClassNames = classifier?.prompts ?? loaded.model
            let answer = try call.body.answer?.resolve(in: names)
            let topK = call.body.topK
            let results = { @Sendable (result: ForwardResult) -> [JSONValue] in
                (result.output?.rows ?? []).map { row in
                    let logits = classifier?.logits(row) ?? row
                    return Self.document(logits.elements, top: topK, answer: answer, names)
                }
            }
            if NDJSON.isWanted(call.context) {
                let lines = try await run.lines(call.payload, call.context, last: { [run.provenance] }) { result, _ in
                    results(result).map { .result($0.object ?? [], tensors: []) }
                }
                return Prediction(document: .null, lines: lines)
            }
            let (result, _) = try await run.execute(call.payload, call.context)
            var documents = results(result)
            for (index, isCut) in (try await run.truncations(call.payload) ?? []).enumerated() where isCut {
                documents[index] = .object([JSONMember("truncated", true)] + (documents[index].object ?? []))
            }
            return Prediction(
                document: .object([JSONMember("results", .list(documents)), run.provenance]), lines: nil)
        }
    }

    private static func document(
        _ logits: [Float], top count: Int, answer: Int?, _ model: any ClassNames
    ) -> JSONValue {
        let ranking = ClassRanking(logits)
        var members = [JSONMember("top", .list(ranking.top(count).map { ClassScores.document($0, model) }))]
        if let answer {
            members.append(JSONMember("answer", ClassScores.document(answer, model)))
            members.append(JSONMember("rank", JSONValue(orNull: ranking.rank(of: answer))))
        }
        let nonFinite = logits.count { !$0.isFinite }
        if nonFinite > 0 { members.append(JSONMember("non_finite", .integer(Int64(nonFinite)))) }
        return .object(members)
    }

    /// As one document, or line by line.
    private struct Prediction: Sendable {
        let document: JSONValue
        let lines: AnswerLines?
    }
}
