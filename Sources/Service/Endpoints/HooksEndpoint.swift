internal import HTTPTypes
internal import HookedModels
internal import TextNumbers
internal import Web

/// `GET /v1/models/{model}/hooks`: every place where an activation can be read.
enum HooksEndpoint {
    private static let schema = Paging.schema(
        "HookList",
        of: .object(
            "Hook",
            properties: [
                .init("name", .string), .init("shape", .list(.any).described("\"batch\", then numbers.")),
                .init("axes", .list(.string).described("What the axes count.")), .init("bytes_per_input", .integer),
                .init("flag", .string.nullable.described("The flag that makes it exist, if one is needed.")),
                .init("exists", .boolean.described("Under the model's own flags.")),
            ]))

    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, "/v1/models/{model}/hooks", "Every hook of a model",
            details: "In the order in which they fire, those that need a flag included.", tag: "Models",
            query: TowerPage.form, responds: .json("Names and shapes.", schema),
            errors: [.notFound: "No such model.", .conflict: "The model is not loaded, or has no such tower."]
        ) { call in
            let model = try service.models.model(call.path["model"]).tower(call.query.tower).model
            let existing = Set(HookTable(model.architecture, flags: model.flags).entries.map(\.point))
            return try call.query.paging.page(
                of: HookTable(possible: model.architecture, flags: model.flags).entries
            ) { document($0, exists: existing.contains($0.point)) }
        }
    }

    private static func document(_ entry: HookTable.Entry, exists: Bool) -> JSONValue {
        [
            "name": .string(entry.point.name),
            "shape": .array(["batch"] + entry.shape.map { .integer(Int64($0)) }),
            "axes": .array(["batch"] + entry.axes.map { .string($0.rawValue) }),
            "bytes_per_input": .integer(Int64(entry.bytesPerInput)),
            "flag": JSONValue(orNull: entry.flag),
            "exists": .bool(exists),
        ]
    }
}
