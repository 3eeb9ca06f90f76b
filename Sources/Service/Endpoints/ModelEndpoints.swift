internal import HTTPTypes
internal import HookedModels
internal import TextNumbers
internal import Web

/// `GET /v1/models` and `GET /v1/models/{model}`.
enum ModelEndpoints {
    @Sendable static func list(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, "/v1/models", "The models", tag: "Models", query: Paging.form,
            responds: .json(
                "In the order of the configuration.", Paging.schema("ModelList", of: ModelDocument.summarySchema))
        ) { call in
            try call.query.page(of: service.models.ids) {
                ModelDocument.summary($0, service.models.state(of: $0) ?? .loading)
            }
        }
    }

    @Sendable static func detail(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, "/v1/models/{model}", "One model",
            details: "Its architecture under the names of ViT-Prisma's configuration, labels, and preprocessing.",
            tag: "Models", responds: .json("The model.", ModelDocument.schema), errors: [.notFound: "No such model."]
        ) { call in try document(of: call.path["model"], service) }
    }

    /// A model as it stands now.
    /// - Throws: 404.
    static func document(of id: String, _ service: PrismaService) throws(Problem) -> JSONValue {
        ModelDocument.detail(id, try service.models.configured(id))
    }
}

/// `?limit=&cursor=` of a list. The cursor is the place where the next page begins.
struct Paging: Sendable {
    let limit: Int
    let cursor: String?

    static let form = Form.object(
        fields: Field("limit", .integer(1...1_000), default: 100, "The most items of a page."),
        Field(optional: "cursor", .string, "The next_cursor of the page before."), make: Paging.init)

    /// Of a page whose items are such.
    static func schema(_ name: String, of item: Schema) -> Schema {
        .object(name, properties: [.init("items", .list(item)), .init("next_cursor", .string.nullable)])
    }

    /// The page that was asked for, each of its items written by `document`.
    /// - Throws: A 400 for a cursor that no page gave.
    func page<Item>(of all: [Item], _ document: (Item) -> JSONValue) throws(FieldError) -> JSONValue {
        var start = 0
        if let cursor {
            guard let place = Int(cursor), all.indices.contains(place), place > 0 else {
                throw FieldError(.parameter("cursor"), "no page gave this cursor; leave it out for the first")
            }
            start = place
        }
        let end = min(start + limit, all.count)
        return [
            "items": .list(all[start..<end].map(document)),
            "next_cursor": JSONValue(orNull: end < all.count ? String(end) : nil),
        ]
    }
}
