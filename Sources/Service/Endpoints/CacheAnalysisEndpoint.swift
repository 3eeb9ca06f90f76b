internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import TextNumbers
internal import Web

/// `POST /v1/caches/{cache}/analyses`: what ViT-Prisma's `ActivationCache` computes, of a stored one.
enum CacheAnalysisEndpoint {
    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .post, "/v1/caches/{cache}/analyses", "Take a cache's streams apart",
            details: """
                One tensor under the analysis's name, with the shape that ViT-Prisma gives it: stacks are [component, input, \
                position, d_model], and `labels` name the components. `accumulated_resid` has the streams themselves, \
                `decompose_resid` what embedding, attentions and MLPs added, `stack_head_results` and `stack_neuron_results` what \
                heads and neurons did, `full_resid_decomposition` all of it with the biases; the embedding has the class token in \
                it. `compute_head_results` is [input, position, head, d_model] and `neuron_results` \
                [input, position, neuron, d_model] of one layer, `stack_activation` [layer, input, …], \
                `accumulated_bias` [d_model], `residual_directions` [class, d_model] of the head. `logit_attrs` is what each part of a stack says of a metric, [component, input], \
                with the `constant` that head and norms add. With `norm: exact`, `ln_bias` stands beside the parts. The model \
                has to be loaded as it was when the cache was made.
                """,
            tag: CacheEndpoints.tag,
            body: RequestForm(CacheAnalysisWish.form, example: ["analysis": "decompose_resid", "position": "cls"]),
            responds: responses(service),
            errors: ModelBody.errors.merging(CacheEndpoints.absent) { $1 }
        ) { call in
            let (wish, cache) = (call.body, try service.caches.cache(call.path["cache"]))
            try wish.check()
            let tower = try cache.source(service.models)
            let metric = try await metric(wish, cache, service, call.context)
            let reading = try CacheAnalysisReading(
                wish, of: cache, tower.model, metric: metric, limit: service.limits.responseTensors)
            return try await service.lane.analyse(call.context) { _ in try reading.answer() }
        }
    }

    private static func metric(
        _ wish: CacheAnalysisWish, _ cache: StoredCache, _ service: PrismaService, _ context: RequestContext
    ) async throws -> Metric? {
        guard let metric = wish.metric else { return nil }
        guard cache.tower == .vision else {
            throw FieldError(.pointer(JSONPointer()["metric"]), "metrics are of pictures; the cache is of texts")
        }
        let loaded = try service.models.model(cache.model)
        return try await metric.resolve(ClassifierBuilder(service: service, loaded: loaded, context: context))
    }

    private static func responses(_ service: PrismaService) -> ResponseForm<TensorAnswer> {
        let schema = Schema.object(
            "CacheAnalysisResult",
            properties: [
                .init("cache", .string), .init("analysis", .choice(CacheAnalysis.allCases.map(\.rawValue))),
                .init("axes", .list(.string)), .init("labels", .list(.string), isRequired: false),
                .init(
                    "constant", .list(.any).described("[input], or [input][position]."), isRequired: false),
                .init("provenance", ModelRun.provenanceSchema), .init("tensors", .map(ModelBody.tensor)),
            ])
        return ResponseForm(
            "The tensor.",
            [TensorJSONBody(schema: schema, example: nil, pool: service.pool), SafetensorsBody(), NpzBody(), NpyBody()])
    }
}
