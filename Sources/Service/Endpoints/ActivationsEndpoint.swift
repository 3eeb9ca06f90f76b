internal import HTTP
internal import HTTPTypes
internal import HookedModels
internal import TextNumbers
internal import Web

/// `POST /v1/models/{model}/activations`: activations alone; all of them unless some are named.
enum ActivationsEndpoint {
    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .post, "/v1/models/{model}/activations", "Read activations",
            details: "Every hook of every input, or those that are named, each under its full name. "
                + NDJSON.details,
            tag: ModelBody.tag,
            body: ModelBody.request(
                ActivationsRequest.form,
                example: ["inputs": [ModelBody.examplePicture], "hooks": ["blocks.0.attn.hook_pattern"]]),
            responds: ModelBody.tensors("The activations.", service, or: [CacheDocument.schema]),
            errors: ModelBody.errors
        ) { call in
            let run = try call.body.run(service, try service.models.model(call.path["model"]))
            guard call.body.isStored, !run.options.isDryRun else {
                return try await run.answer(call.payload, call.context, withOutput: false)
            }
            guard call.context.mediaType?.subtype == "json" else {
                throw Problem(.notAcceptable, "What is stored is described as application/json: ask for that.")
            }
            let listed = try await call.body.store(run, call.payload, call.context)
            call.context.setResponseStatus(.created)
            return TensorAnswer(members: CacheDocument.members(listed), tensors: [], showsTensors: false)
        }
    }
}
