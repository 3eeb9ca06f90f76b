internal import HTTPTypes
internal import HookedModels
internal import TextNumbers
internal import Web

/// `GET /v1/registry`: every name that ViT-Prisma registers, and what becomes of it here.
enum RegistryEndpoint {
    private static let schema = Schema.object(
        "Registry",
        properties: [
            .init(
                "items",
                .list(
                    .object(
                        "RegisteredModel",
                        properties: [
                            .init("name", .string.described("As ViT-Prisma registers it.")),
                            .init(
                                "tower",
                                .choice(RegisteredModel.Tower.allCases.map(\.rawValue)).described(
                                    "A name may be registered for both.")),
                            .init("hub", .string.nullable.described("The Hugging Face repository of its checkpoint.")),
                            .init(
                                "family",
                                .string.described("Of GET /v1/capabilities where it is served; else its architecture.")),
                            .init("status", .choice(RegisteredModel.Status.allCases.map(\.rawValue))),
                            .init("reason", .string.nullable.described("Why it is not served, or what of it is not.")),
                            .init("layers", .integer.nullable), .init("width", .integer.nullable),
                            .init("heads", .integer.nullable), .init("patch", .integer.nullable),
                            .init("image", .integer.nullable), .init("classes", .integer.nullable),
                        ]))),
            .init("next_cursor", .string.nullable),
        ])

    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, "/v1/registry", "The models that ViT-Prisma knows by name",
            details: "Vision models first, then text towers, in ViT-Prisma's order. Numbers are those of the published "
                + "checkpoints. What is served here is any checkpoint of the families, registered or not.",
            tag: "Service", query: Paging.form, responds: .json("Names, and what becomes of them.", schema)
        ) { call in
            let page = try call.query.page(of: RegisteredModels.all)
            return [
                "items": .list(page.items.map(document)), "next_cursor": page.next.map { .string($0) } ?? .null,
            ]
        }
    }

    private static func document(_ model: RegisteredModel) -> JSONValue {
        [
            "name": .string(model.name), "tower": .string(model.tower.rawValue), "hub": text(model.hub),
            "family": .string(model.family), "status": .string(model.status.rawValue), "reason": text(model.reason),
            "layers": number(model.size?.layers), "width": number(model.size?.width),
            "heads": number(model.size?.heads), "patch": number(model.size?.patch), "image": number(model.size?.image),
            "classes": number(model.size?.classes),
        ]
    }

    private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

    private static func number(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
}
