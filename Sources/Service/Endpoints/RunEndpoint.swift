internal import HTTP
internal import HTTPTypes
internal import HookedModels
internal import TextNumbers
internal import Web

/// `POST /v1/models/{model}/run`: the output and any activations on the way.
enum RunEndpoint {
    private struct RunRequest: Sendable {
        let options: InputOptions
        let captures: [CaptureRequest]
        let stopAtLayer: Int?
        let normalizesOutput: Bool
        let gradients: GradientWish?

        static let form = Form.object(
            "RunRequest",
            fields: InputOptions.inputs(), InputOptions.preprocess(), InputOptions.exif(), InputOptions.tower(),
            InputOptions.flags(), InputOptions.interventions(),
            InputOptions.deterministic(), InputOptions.dryRun(),
            Field(
                "capture", .list(of: CaptureForm.form, count: 0...256), default: [], "Which activations are answered."),
            Field(
                optional: "stop_at_layer", .integer,
                "Computes the blocks before this one and no output; negative ones count from the end, as in Python."),
            Field(
                "normalize", .boolean, default: false,
                "Brings `output` to unit length, along its last axis: what CLIP's cosines are taken of."),
            Field(optional: "gradients", GradientWish.form, "Gradients that are answered too."),
            make: {
                inputs, preprocess, exif, tower, flags, interventions, isDeterministic, isDryRun, captures, stop,
                normalizes, gradients in
                RunRequest(
                    options: InputOptions(
                        inputs: inputs, preprocess: preprocess, exif: exif, flags: flags,
                        isDeterministic: isDeterministic, isDryRun: isDryRun, tower: tower,
                        interventions: interventions),
                    captures: captures, stopAtLayer: stop, normalizesOutput: normalizes, gradients: gradients)
            })
    }

    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .post, "/v1/models/{model}/run", "Run a model and read its activations",
            details:
                "Tensors: `output`, each captured hook under its full name, and gradients as `grad:` and the name; first "
                + "axes are the inputs. With gradients, `metric` is what they are of, for each input. "
                + NDJSON.details,
            tag: ModelBody.tag,
            body: ModelBody.request(
                RunRequest.form,
                example: [
                    "inputs": [ModelBody.examplePicture],
                    "capture": [["hooks": ["blocks.*.hook_resid_post"], "positions": "cls"]],
                ]),
            responds: ModelBody.tensors(
                "The tensors that were asked for.", service, name: "RunTensors",
                members: [.init("metric", .list(.number.nullable), isRequired: false)]),
            errors: ModelBody.errors
        ) { call in
            var run = try ModelRun(
                service, try service.models.model(call.path["model"]), call.body.options, captures: call.body.captures,
                stopAtLayer: call.body.stopAtLayer)
            run.normalizesOutput = call.body.normalizesOutput
            run.gradients = try await call.body.gradients?.resolve(
                for: run, ClassifierBuilder(service: service, loaded: run.loaded, context: call.context))
            return try await run.answer(call.payload, call.context, withOutput: true)
        }
    }
}
