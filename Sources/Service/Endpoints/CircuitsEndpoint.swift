internal import HTTPTypes
internal import HookedModels
internal import TextNumbers
internal import Web

/// `GET /v1/models/{model}/circuits`: what the heads' weights say without any input.
enum CircuitsEndpoint {
    private struct Wish: Sendable {
        let kind: CircuitReading.Kind
        let layers: IndexList
        let heads: IndexList
        let tower: Tower

        static let form = Form.object(
            fields: Field("kind", .choice(of: CircuitReading.Kind.self), "Which circuit, or which composition."),
            IndexList.parameter("layers", of: "layer"), IndexList.parameter("heads", of: "head"),
            TowerPage.tower(),
            make: Wish.init)
    }

    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, "/v1/models/{model}/circuits", "Read circuits out of the weights",
            details: """
                `qk` is W_Q · W_Kᵀ of each head, `ov` W_V · W_O, without biases, norms and the scale of scores (Elhage et al. \
                2021). Tensors of both: `singular_values`, `eigenvalues_re`, `eigenvalues_im`, each [layer, head, d_head], \
                the largest first, and `norms` (Frobenius) [layer, head]; of `ov` also `copying_scores` [layer, head], \
                Σ Re λ / Σ |λ|. `composition_q`, `composition_k` and `composition_v` have one tensor of that name, [layer, \
                head, layer, head]: ‖A · B‖ / (‖A‖ · ‖B‖), A the OV circuit of the head that writes, B the QK circuit, its \
                transpose or the OV circuit of the head that reads; 0 where it is in no later layer. All are computed in \
                float64 and kept while the model is loaded.
                """,
            tag: "Models", query: Wish.form, responds: responds(service),
            errors: [
                .notFound: "No such model.",
                .conflict: "The model is not loaded, has no such tower, or its weights are not finite.",
                .contentTooLarge: "The answer exceeds the limit response_tensors.",
                .tooManyRequests: "Too many requests wait.", .serviceUnavailable: "The model is being loaded.",
                .gatewayTimeout:
                    "The deadline passed. What was computed is kept, so that asking again goes on from there.",
            ]
        ) { call in
            let loaded = try service.models.model(call.path["model"])
            let tower = try loaded.tower(call.query.tower)
            let (kind, architecture) = (call.query.kind, tower.model.architecture)
            let reading = CircuitReading(
                service: service, loaded: loaded, tower: tower,
                layers: try distinct(call.query.layers.resolve(count: architecture.layers), "layers"),
                heads: try distinct(call.query.heads.resolve(count: architecture.heads), "heads"))
            try weigh(kind, reading, limit: service.limits.responseTensors)
            let tensors = try await reading.tensors(kind, call.context)
            return TensorAnswer(members: members(kind, reading), tensors: tensors)
        }
    }

    /// - Throws: A 400 for a number that stands there twice: an answer grows with the square of the list.
    private static func distinct(_ indices: [Int], _ field: String) throws(FieldError) -> [Int] {
        var seen: Set<Int> = []
        if let twice = indices.first(where: { !seen.insert($0).inserted }) {
            throw FieldError(.parameter(field), "\(twice) is there twice")
        }
        return indices
    }

    private static func responds(_ service: PrismaService) -> ResponseForm<TensorAnswer> {
        let schema = Schema.object(
            "Circuits",
            properties: [
                .init("kind", .choice(CircuitReading.Kind.allCases.map(\.rawValue))), .init("layers", .list(.integer)),
                .init("heads", .list(.integer)), .init("provenance", ModelRun.provenanceSchema),
                .init("tensors", .map(ModelBody.tensor)),
            ])
        return ResponseForm(
            "Tensors by name.",
            [
                TensorJSONBody(schema: schema, example: nil, pool: service.pool), NpzBody(), NpyBody(),
                SafetensorsBody(),
            ])
    }

    private static func members(_ kind: CircuitReading.Kind, _ reading: CircuitReading) -> [JSONMember] {
        let wish: [JSONMember] = [
            JSONMember("kind", .string(kind.rawValue)), JSONMember("layers", .integers(reading.layers)),
            JSONMember("heads", .integers(reading.heads)),
        ]
        let provenance = ModelRun.provenance(
            of: reading.loaded, tower: reading.tower.tower, preparation: .null, wish: ["circuits": .object(wish)])
        return wish + [provenance]
    }

    /// - Throws: A 413 where the answer would be too large.
    private static func weigh(_ kind: CircuitReading.Kind, _ reading: CircuitReading, limit: Int) throws(Problem) {
        let heads = Double(reading.layers.count) * Double(reading.heads.count)
        let width = Double(reading.tower.model.architecture.headWidth)
        let bytes =
            switch kind {
            case .spectrum: 4 * heads * (3 * width + 2)
            case .composition: 4 * heads * heads
            }
        if bytes > Double(limit) { throw TensorAnswer.tooLarge(Int(min(bytes, 1e18)), limit: limit) }
    }
}
