internal import HTTP
internal import HTTPTypes
internal import HookedModels
internal import Scheduling
internal import Tensors
internal import TextNumbers
internal import Web

/// `GET /v1/models/{model}/weights` and `GET /v1/models/{model}/weights/{name}`: the parameters under the field's names.
enum WeightEndpoints {
    private static let listSchema = Paging.schema(
        "WeightList",
        of: .object(
            "Weight",
            properties: [
                .init("name", .string), .init("datatype", .choice(["FP32"])), .init("shape", .list(.integer)),
                .init("bytes", .integer),
            ]))

    @Sendable static func list(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, "/v1/models/{model}/weights", "Every parameter of a model",
            details: "Under ViT-Prisma's names and with its shapes: matrices multiply from the right, "
                + "`blocks.3.attn.W_Q` is [n_heads, d_model, d_head]. A bias that the checkpoint leaves out is there as "
                + "zeros.",
            tag: "Models", query: TowerPage.form, responds: .json("Names, shapes and bytes.", listSchema),
            errors: [
                .notFound: "No such model.", .conflict: "The model is not loaded.",
                .serviceUnavailable: "The model is being loaded.",
            ]
        ) { call in
            let model = try service.models.model(call.path["model"]).tower(call.query.tower).model
            return try call.query.paging.page(of: model.weights) { weight in
                [
                    "name": .string(weight.name), "datatype": "FP32", "shape": .integers(weight.shape),
                    "bytes": .integer(Int64(weight.byteCount)),
                ]
            }
        }
    }

    @Sendable static func detail(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, "/v1/models/{model}/weights/{name}", "One parameter of a model",
            details:
                "The elements are the checkpoint's own, unless the model's `processing` rewrote them. Also known are ViT-Prisma's shorter names: `W_E`, `b_E`, "
                + "`W_pos`, `W_H`, `b_H`, and `W_Q`, `b_Q` … `W_out`, `b_out`, which stack the blocks' weights along a "
                + "first axis. Once the digest of the weights is known, `ETag` names this version of the answer.",
            tag: "Models", query: Form.object(fields: TowerPage.tower(), make: { $0 }), responds: responses(service),
            errors: [
                .notFound: "No such model, or no such parameter.", .conflict: "The model is not loaded.",
                .contentTooLarge: "The tensor exceeds the limit response_tensors.",
                .serviceUnavailable: "The model is being loaded.",
            ]
        ) { call in
            let loaded = try service.models.model(call.path["model"])
            let tower = try loaded.tower(call.query)
            let weight = try find(call.path["name"], in: tower, of: loaded)
            guard weight.byteCount <= service.limits.responseTensors else {
                throw TensorAnswer.tooLarge(weight.byteCount, limit: service.limits.responseTensors)
            }
            tag(call.context, loaded, tower, weight)
            let tensor = try await service.pool.run { weight.tensor() }
            return TensorAnswer(members: [], tensors: [(weight.name, RowPieces([tensor]))], isBare: true)
        }.cached(.inParts)
    }

    private static func responses(_ service: PrismaService) -> ResponseForm<TensorAnswer> {
        ResponseForm(
            "The tensor.",
            [
                TensorJSONBody(schema: ModelBody.tensor, example: nil, pool: service.pool), NpyBody(), NpzBody(),
                SafetensorsBody(),
            ])
    }

    private static func find(_ name: String, in tower: LoadedTower, of loaded: LoadedModel) throws(Problem)
        -> NamedWeight
    {
        if let weight = tower.model.weight(named: name) { return weight }
        let known = tower.model.weights.map(\.name) + HookedModel.weightAliases.sorted()
        let hint = Suggestions.sentence(for: name, in: known) ?? "GET /v1/models/\(loaded.id)/weights lists them"
        throw Problem(.notFound, "The model '\(loaded.id)' has no parameter '\(name)'; \(hint)")
    }

    /// Text of numbers has no ranges: it is made while it is sent.
    private static func tag(
        _ context: RequestContext, _ loaded: LoadedModel, _ tower: LoadedTower, _ weight: NamedWeight
    ) {
        let form = context.mediaType?.subtype ?? "json"
        if form != "json" { context.setResponseField(.acceptRanges, "bytes") }
        guard let digest = loaded.digest.value else { return }
        let version = digest.split(separator: ":").last ?? ""
        let side = tower.tower == .text ? ["text"] : []
        let parts = [String(version)] + side + WeightTransform.names(loaded.model.processing) + [weight.name, form]
        context.setResponseField(.eTag, ETag(parts.joined(separator: "-")).description)
        context.setResponseField(.cacheControl, "no-cache")
    }
}

extension TensorAnswer {
    /// A 413 for tensors that no answer may hold.
    static func tooLarge(_ bytes: Int, limit: Int) -> Problem {
        Problem(
            .contentTooLarge,
            "The answer would hold \(bytes) bytes of tensors, more than the limit of \(limit) (limits.response_tensors).",
            members: Problem.limit("response_tensors", limit))
    }
}
