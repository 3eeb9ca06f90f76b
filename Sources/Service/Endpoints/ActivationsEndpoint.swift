internal import HTTPTypes
internal import HookedModels
internal import TextNumbers
internal import Web

/// `POST /v1/models/{model}/activations`: activations alone; all of them unless some are named.
enum ActivationsEndpoint {
    private struct ActivationsRequest: Sendable {
        let options: InputOptions
        let capture: CaptureRequest

        static let form = Form.object(
            "ActivationsRequest",
            fields: InputOptions.inputs(), InputOptions.preprocess(), InputOptions.exif(), InputOptions.tower(),
            InputOptions.flags(), InputOptions.interventions(),
            InputOptions.deterministic(), InputOptions.dryRun(), CaptureForm.hooksOrAll(),
            CaptureForm.positions(), CaptureForm.heads(), CaptureForm.keys(), CaptureForm.features(),
            CaptureForm.reduce(),
            make: {
                inputs, preprocess, exif, tower, flags, interventions, isDeterministic, isDryRun, hooks, positions,
                heads,
                keys, features, reduction in
                ActivationsRequest(
                    options: InputOptions(
                        inputs: inputs, preprocess: preprocess, exif: exif, flags: flags,
                        isDeterministic: isDeterministic, isDryRun: isDryRun, tower: tower,
                        interventions: interventions),
                    capture: CaptureForm.make(hooks, positions, heads, keys, features, reduction))
            })
    }

    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .post, "/v1/models/{model}/activations", "Read activations",
            details: "Every hook of every input, or those that are named, each under its full name. "
                + NDJSON.details,
            tag: ModelBody.tag,
            body: ModelBody.request(
                ActivationsRequest.form,
                example: ["inputs": [ModelBody.examplePicture], "hooks": ["blocks.0.attn.hook_pattern"]]),
            responds: ModelBody.tensors("The activations.", service), errors: ModelBody.errors
        ) { call in
            let run = try ModelRun(
                service, try service.models.model(call.path["model"]), call.body.options, captures: [call.body.capture],
                place: { _, hook in hook.map { JSONPointer()["hooks"][$0] } ?? JSONPointer() })
            return try await run.answer(call.payload, call.context, withOutput: false)
        }
    }
}
