internal import HTTPTypes
internal import HookedModels
internal import TextNumbers
internal import Web

/// `GET /v1/models` and `GET /v1/models/{model}`.
enum ModelEndpoints {
    @Sendable static func list(_ service: PrismaService) -> Endpoint {
        let schema = Schema.object(
            "ModelList",
            properties: [.init("items", .list(ModelDocument.summarySchema)), .init("next_cursor", .string.nullable)])
        return Endpoint(
            .get, "/v1/models", "The models", tag: "Models", query: Paging.form,
            responds: .json("In the order of the configuration.", schema)
        ) { call in
            let page = try call.query.page(of: service.models.ids)
            return [
                "items": .list(page.items.map { ModelDocument.summary($0, service.models.state(of: $0) ?? .loading) }),
                "next_cursor": page.next.map { .string($0) } ?? .null,
            ]
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
        guard let state = service.models.state(of: id) else { throw service.models.unknown(id) }
        return ModelDocument.detail(id, state)
    }
}

/// `?limit=&cursor=` of a list. The cursor is the place where the next page begins.
struct Paging: Sendable {
    let limit: Int
    let cursor: String?

    static let form = Form.object(
        fields: Field("limit", .integer(1...1_000), default: 100, "The most items of a page."),
        Field(optional: "cursor", .string, "The next_cursor of the page before."), make: Paging.init)

    /// - Throws: A 400 for a cursor that no page gave.
    func page<Item>(of all: [Item]) throws(FieldError) -> (items: [Item], next: String?) {
        var start = 0
        if let cursor {
            guard let place = Int(cursor), all.indices.contains(place), place > 0 else {
                throw FieldError(.parameter("cursor"), "no page gave this cursor; leave it out for the first")
            }
            start = place
        }
        let end = min(start + limit, all.count)
        return (Array(all[start..<end]), end < all.count ? String(end) : nil)
    }
}
