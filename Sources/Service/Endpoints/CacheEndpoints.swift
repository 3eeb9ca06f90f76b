internal import HTTP
internal import HTTPTypes
internal import HookedModels
internal import Scheduling
internal import Tensors
internal import TextNumbers
internal import Web

/// `/v1/caches`: activations that stay on the server.
enum CacheEndpoints {
    /// The group of everything about them.
    static let tag = "Stored activations"

    static let one: PathPattern = "/v1/caches/{cache}"
    static let absent: [HTTPResponse.Status: String] = [
        .notFound: "No such cache.", .gone: "It made room for others, or was not used for too long.",
    ]

    @Sendable static func create(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .post, "/v1/caches", "Keep activations",
            details: """
                The body of `/activations`, with the `model`. All caches together have a number of bytes that they may take \
                (`cache_bytes` of `/v1/limits`); the least recently used make room, and one that nobody uses for \
                `cache_seconds` is let go of. Both answer 410 from then on.
                """,
            tag: tag,
            body: ModelBody.request(
                ActivationsRequest.cacheForm,
                example: [
                    "model": "vit", "inputs": [ModelBody.examplePicture],
                    "hooks": ["*resid*", "*_out", "ln_final.hook_scale"],
                ]),
            responds: .json("The cache.", .either(CacheDocument.schema, ModelBody.dryRun), status: .created),
            errors: ModelBody.errors
        ) { call in
            let run = try call.body.run(service, try service.models.model(call.body.model))
            guard !run.options.isDryRun else {
                call.context.setResponseStatus(.ok)
                return try await run.answer(call.payload, call.context, withOutput: false).document
            }
            return .object(CacheDocument.members(try await call.body.store(run, call.payload, call.context)))
        }
    }

    @Sendable static func list(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, "/v1/caches", "The caches that are kept", tag: tag, query: Paging.form,
            responds: .json("The oldest first.", Paging.schema("CacheList", of: CacheDocument.schema))
        ) { call in try call.query.page(of: service.caches.all) { .object(CacheDocument.members($0)) } }
    }

    @Sendable static func detail(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, one, "One cache", details: "Looking at it does not keep it alive.", tag: tag,
            responds: .json("The cache.", CacheDocument.schema), errors: absent
        ) { call in .object(CacheDocument.members(try service.caches.listed(call.path["cache"]))) }
    }

    @Sendable static func remove(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .delete, one, "Delete a cache", tag: tag,
            responds: .json("The cache, which is gone now.", CacheDocument.schema), errors: absent
        ) { call in .object(CacheDocument.members(try service.caches.remove(call.path["cache"]))) }
    }

    @Sendable static func tensor(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, "/v1/caches/{cache}/tensors/{hook}", "One hook of a cache",
            details: """
                In full or in part; axes always stay. Short names are known too: `k6` is `blocks.6.attn.hook_k`, `pattern3` \
                `blocks.3.attn.hook_pattern`, `scale4ln1` `blocks.4.ln1.hook_scale`, `resid_post11` \
                `blocks.11.hook_resid_post`. Caches do not change, so `ETag` names the part for good.
                """,
            tag: tag, query: CacheSlice.form,
            responds: ResponseForm(
                "The tensor.",
                [
                    TensorJSONBody(schema: ModelBody.tensor, example: nil, pool: service.pool), NpyBody(), NpzBody(),
                    SafetensorsBody(),
                ]),
            errors: [
                .notFound: "No such cache, or no such hook in it.", .gone: absent[.gone] ?? "",
                .contentTooLarge: "The part exceeds the limit response_tensors.",
            ]
        ) { call in
            let hook = try service.caches.cache(call.path["cache"]).hook(call.path["hook"])
            let indices = try call.query.indices(in: hook)
            let bytes = HookPlan.bytes(of: [CacheSlice.shape(hook, indices)], inputs: 1)
            guard bytes <= service.limits.responseTensors else {
                throw TensorAnswer.tooLarge(bytes, limit: service.limits.responseTensors)
            }
            tag(call.context, [call.path["cache"], hook.name, CacheSlice.digest(indices)])
            let part = try await service.pool.run { CacheSlice.part(of: hook, indices) }
            return TensorAnswer(members: [], tensors: [(hook.name, part)], isBare: true)
        }.cached(.inParts)
    }

    /// Text of numbers has no ranges: it is made while it is sent.
    private static func tag(_ context: RequestContext, _ parts: [String]) {
        let form = context.mediaType?.subtype ?? "json"
        if form != "json" { context.setResponseField(.acceptRanges, "bytes") }
        context.setResponseField(.eTag, ETag((parts + [form]).joined(separator: "-")).description)
        context.setResponseField(.cacheControl, "no-cache")
    }
}
