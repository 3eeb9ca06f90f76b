internal import HTTPTypes
internal import TextNumbers
internal import Web

/// `POST /v1/models/{model}/load` and `/unload`: which of the configured models are in memory.
enum LoadEndpoints {
    @Sendable static func load(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .post, "/v1/models/{model}/load", "Load a model",
            details:
                "Answers when it is loaded; one that is loaded already stays as it is. One that could not be loaded is "
                + "tried again. A client that goes away does not stop it.",
            tag: "Models", responds: .json("The model.", ModelDocument.schema),
            errors: [
                .notFound: "No such model.",
                .conflict: "It cannot be loaded, or does not fit beside those that are (limits.model_memory).",
            ]
        ) { call in
            try await service.models.load(call.path["model"])
            return try ModelEndpoints.document(of: call.path["model"], service)
        }
    }

    @Sendable static func unload(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .post, "/v1/models/{model}/unload", "Unload a model",
            details:
                "Requests that run are finished: they hold the model until they are done, and then its memory goes back "
                + "to the system. New ones are answered 409 until it is loaded again.",
            tag: "Models",
            responds: .json(
                "The model, now `unloaded`; one that could not be loaded stays `failed`.", ModelDocument.schema),
            errors: [.notFound: "No such model."]
        ) { call in
            try await service.models.unload(call.path["model"])
            return try ModelEndpoints.document(of: call.path["model"], service)
        }
    }
}
