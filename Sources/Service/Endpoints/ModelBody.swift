internal import HTTP
internal import HTTPTypes
internal import TextNumbers
internal import Web

/// What endpoints that run a model have in common.
enum ModelBody {
    /// A form as the document of JSON, of a multipart body with pictures, of a picture or of tensors.
    static func request<Value>(_ form: Form<Value>, example: JSONValue? = nil) -> RequestForm<Value> {
        RequestForm(
            form,
            media: [
                .json, .multipart(files: "image"), .raw(MediaType("image", "png")), .raw(MediaType("image", "jpeg")),
                .raw(SafetensorsBody.mediaType),
            ], example: example)
    }

    /// A picture of four pixels, for examples that can be sent as they are.
    static let examplePicture: JSONValue = [
        "image": [
            "base64":
                "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR42mP4//8/AwQAWQAp5AX7tiFYxAAAAABJRU5ErkJggg=="
        ]
    ]

    /// The group of everything that runs a model.
    static let tag = "Running a model"

    static let errors: [HTTPResponse.Status: String] = [
        .badRequest: "A field that is wrong, each named.",
        .notFound: "No such model.",
        .conflict: "The model could not be loaded, or cannot do this.",
        .contentTooLarge: "The body, a picture, the inputs or the answer exceed a limit, which is named.",
        .unsupportedMediaType: "A body or a picture of a format that is not read.",
        .unprocessableContent: "A picture that cannot be decoded.",
        .tooManyRequests: "The queue is full.",
        .serviceUnavailable: "The model is being loaded, or the server is stopping.",
        .gatewayTimeout: "The deadline passed.",
    ]

    /// Tensors in all the forms they can have: JSON first.
    /// - Parameters:
    ///   - members: of the document beside the tensors.
    ///   - others: documents that it may be instead.
    static func tensors(
        _ summary: String, _ service: PrismaService, name: String = "Tensors", members: [Schema.Property] = [],
        or others: [Schema] = []
    ) -> ResponseForm<TensorAnswer> {
        let schema = Schema.object(
            name, "Tensors by their names.",
            properties: members + [
                .init(
                    "truncated",
                    .list(.boolean).described(
                        "Where any text was longer than the context: of each input, whether only its first words went in."
                    ),
                    isRequired: false),
                .init("tensors", .map(tensor)), .init("provenance", ModelRun.provenanceSchema),
            ])
        return ResponseForm(summary, encoders([schema] + others, service))
    }

    /// Tensors beside members of an analysis's own; also as a picture.
    static func analysis(
        _ name: String, _ summary: String, _ service: PrismaService, members: [Schema.Property]
    ) -> ResponseForm<TensorAnswer> {
        let schema = Schema.object(
            name,
            properties: members + [.init("tensors", .map(tensor)), .init("provenance", ModelRun.provenanceSchema)])
        return ResponseForm(summary, encoders([schema], service) + [PictureBody(pool: service.pool)])
    }

    private static func encoders(_ schemas: [Schema], _ service: PrismaService) -> [any BodyEncoder<TensorAnswer>] {
        [
            TensorJSONBody(schema: Schema(.either(schemas + [dryRun])), example: nil, pool: service.pool),
            SafetensorsBody(),
            NpzBody(), NpyBody(), NDJSONBody(pool: service.pool) { $0.lines ?? AnswerLines($0) },
        ]
    }

    /// One tensor in JSON.
    static let tensor = Schema.object(
        "TensorOut", "Elements flat, in row-major order; those that are not finite are null.",
        properties: [
            .init("datatype", .choice(["FP32"])), .init("shape", .list(.integer)),
            .init("data", .list(.number.nullable)), .init("non_finite", .integer, isRequired: false),
        ])

    static let dryRun = Schema.object(
        "DryRun", "What a request would compute and answer.",
        properties: [
            .init("dry_run", .boolean), .init("inputs", .integer), .init("tensors", .map(.any)),
            .init("bytes", .integer),
            .init("floating_point_operations", .integer), .init("provenance", ModelRun.provenanceSchema),
        ])
}
