internal import HTTPTypes
internal import HookedModels
internal import TextNumbers
internal import Web

/// `GET /v1/registry`: every name that ViT-Prisma registers, and what becomes of it here.
enum RegistryEndpoint {
    private static let schema = Paging.schema(
        "Registry",
        of: .object(
            "RegisteredModel",
            properties: [
                .init("name", .string.described("As ViT-Prisma registers it.")),
                .init(
                    "tower",
                    .choice(RegisteredModel.Tower.allCases.map(\.rawValue)).described(
                        "A name may be registered for both.")),
                .init("hub", .string.nullable.described("The Hugging Face repository of its checkpoint.")),
                .init(
                    "family", .string.described("Of GET /v1/capabilities where it is served; else its architecture.")),
                .init("status", .choice(RegisteredModel.Status.allCases.map(\.rawValue))),
                .init("reason", .string.nullable.described("Why it is not served, or what of it is not.")),
                .init("layers", .integer.nullable), .init("width", .integer.nullable),
                .init("heads", .integer.nullable), .init("patch", .integer.nullable),
                .init("image", .integer.nullable), .init("classes", .integer.nullable),
            ]))

    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, "/v1/registry", "The models that ViT-Prisma knows by name",
            details: "Vision models first, then text towers, in ViT-Prisma's order. Numbers are those of the published "
                + "checkpoints. What is served here is any checkpoint of the families, registered or not.",
            tag: "Service", query: Paging.form, responds: .json("Names, and what becomes of them.", schema)
        ) { call in try call.query.page(of: RegisteredModels.all, document) }
    }

    private static func document(_ model: RegisteredModel) -> JSONValue {
        [
            "name": .string(model.name), "tower": .string(model.tower.rawValue), "hub": JSONValue(orNull: model.hub),
            "family": .string(model.family), "status": .string(model.status.rawValue),
            "reason": JSONValue(orNull: model.reason),
            "layers": JSONValue(orNull: model.size?.layers), "width": JSONValue(orNull: model.size?.width),
            "heads": JSONValue(orNull: model.size?.heads), "patch": JSONValue(orNull: model.size?.patch),
            "image": JSONValue(orNull: model.size?.image),
            "classes": JSONValue(orNull: model.size?.classes),
        ]
    }
}
