internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import TextNumbers
internal import Web

/// `POST /v1/models/{model}/attribution`: which part of what the model computed says how much of a metric.
enum AttributionEndpoint {
    private struct AttributionRequest: Sendable {
        let options: InputOptions
        let wish: AttributionWish

        static let form = Form.object(
            "AttributionRequest",
            fields: InputOptions.inputs(), InputOptions.preprocess(), InputOptions.exif(),
            InputOptions.visionTower("the streams of the text tower are taken apart by …/caches/{id}/analyses"),
            InputOptions.flags(), InputOptions.interventions(), InputOptions.deterministic(), InputOptions.dryRun(),
            Field(
                "method", .choice(of: AttributionMethod.self), default: "direct",
                "direct: what each part of the last stream says, with norms held at the scales they had; exact for logit and "
                    + "logit_difference. attribution_patching: the gradient in the corrupt run times the clean run's "
                    + "difference from it. grad_x_activation: the gradient times what is there. integrated_gradients: the "
                    + "difference from a baseline times the mean gradient on the way. relevance: attention times its "
                    + "gradient through the layers (Chefer et al. 2021)."),
            Field(
                optional: "by", .choice(of: AttributionAxis.self),
                "What is told apart: layers; embedding, positions, attentions and MLPs; heads; neurons; positions (direct: those "
                    + "that attention fetched from); or edges between heads, MLPs and the output. Positions for "
                    + "integrated_gradients and relevance, else components unless given."),
            MetricWish.field(),
            Field(
                "norm", .choice(of: StackNorm.self), default: "exact",
                "How the final norm is carried over to the parts: with its weight, its bias in the constant; or as ViT-Prisma "
                    + "does, centred and scaled alone, which is exact where the norm is folded into the head."),
            Field(
                optional: "position", .integer,
                "Reads the stream at this position, through final norm and head, in place of where the model's pooling reads "
                    + "it. Negative ones count from the end."),
            Field(
                "top_k", .integer(0...1_000), default: 10, "How many of the largest scores are listed, by magnitude."),
            Field(
                optional: "clean", InputSource.form,
                "attribution_patching: the run whose activations would be patched in."),
            Field(
                optional: "corrupt", InputSource.form, "attribution_patching: the run that they would be patched into."),
            Field(
                optional: "site", .choice(of: SweepSite.self),
                "attribution_patching and grad_x_activation: a kind of hook, in each layer; unless given what layers add, z for "
                    + "heads, post for neurons, resid_pre for positions."),
            Field(
                optional: "baseline", InputSource.form,
                "integrated_gradients: where the way begins; a picture of zeros unless given."),
            Field(optional: "steps", .integer(1...300), "integrated_gradients: gradients on the way, 20 unless given."),
            Field(
                optional: "layer", .integer,
                "integrated_gradients: of the stream that enters this layer, in place of the pixels."),
            make: {
                inputs, preprocess, exif, _, flags, interventions, isDeterministic, isDryRun, method, axis, metric,
                norm, position, top, clean, corrupt, site, baseline, steps, layer in
                AttributionRequest(
                    options: InputOptions(
                        inputs: inputs, preprocess: preprocess, exif: exif, flags: flags,
                        isDeterministic: isDeterministic, isDryRun: isDryRun, interventions: interventions),
                    wish: AttributionWish(
                        method: method, chosenAxis: axis, metric: metric, norm: norm, position: position, top: top,
                        gradient: .init(
                            clean: clean, corrupt: corrupt, baseline: baseline, site: site, steps: steps, layer: layer))
                )
            })
    }

    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .post, "/v1/models/{model}/attribution", "Share a metric out over parts of the model",
            details: """
                Tensor: `scores`, [input, component], [input, layer, head], [input, layer, neuron] or [input, position]. What a \
                split leaves out stands in `others`; `sum` is of both, `constant` what head and norms add whatever the stream \
                is, `value` the metric of the model's output, and `residue` = value − sum − constant: rounding, unless an \
                intervention or `norm: prisma` broke the account. By layer, `accumulated` is the metric read off the stream \
                before each. By position, what attention brings counts to where it comes from, all else to the position that is \
                read. Cosines with texts are divided by the length that the embedding had. As a picture, a heat map of one input.

                The other methods go by gradients. By position, attribution_patching and grad_x_activation give [input, layer,                 position], by edge [input, sender, receiver]; their scores lie behind each other and do not add up: `value` is                 the metric, or the clean run's less the corrupt one's. Of integrated gradients `constant` is the metric of the                 baseline, and `residue` what the steps leave out.
                """,
            tag: ModelBody.tag,
            body: ModelBody.request(
                AttributionRequest.form,
                example: [
                    "inputs": [ModelBody.examplePicture], "by": "head",
                    "metric": ["kind": "logit_difference", "classes": [0, 1]],
                ]),
            responds: ModelBody.analysis(
                "Attribution", "What every part says.", service, members: members),
            errors: ModelBody.errors
        ) { call in
            let loaded = try service.models.model(call.path["model"])
            let (options, wish) = (call.body.options, call.body.wish)
            return try await wish.method.answer(
                AttributionCall(
                    service: service, loaded: loaded, options: options, wish: wish, payload: call.payload,
                    context: call.context))
        }
    }

    private static let members: [Schema.Property] = {
        let number = Schema.number.nullable
        let top = Schema.object("AttributionTop", properties: [.init("label", .string), .init("score", number)])
        return [
            .init("method", .choice(AttributionMethod.allCases.map(\.rawValue))),
            .init("by", .choice(AttributionAxis.allCases.map(\.rawValue))), .init("metric", Metric.schema),
            .init("labels", .list(.string).described("Of the scores, in row-major order."), isRequired: false),
            .init("senders", .list(.string), isRequired: false), .init("receivers", .list(.string), isRequired: false),
            .init("sum", .list(number), isRequired: false), .init("constant", .list(number), isRequired: false),
            .init("value", .list(number)), .init("residue", .list(number), isRequired: false),
            .init("metric_clean", number, isRequired: false), .init("metric_corrupt", number, isRequired: false),
            .init("top", .list(.list(top)), isRequired: false),
            .init("other_labels", .list(.string), isRequired: false),
            .init("others", .list(.list(number)).described("[input][label]"), isRequired: false),
            .init("accumulated_labels", .list(.string), isRequired: false),
            .init("accumulated", .list(.list(number)).described("[input][label]"), isRequired: false),
        ]
    }()
}
