import HTTP
public import HTTPTypes
public import TextNumbers

/// What an endpoint answers when all is well: a status, and the ways to write the result, the default first.
public struct ResponseForm<Value: Sendable>: Sendable {
    /// Of an answer when all is well.
    public let status: HTTPResponse.Status
    /// What the answer is, for the documentation.
    public let summary: String
    let encoders: [any BodyEncoder<Value>]

    /// - Precondition: At least one encoder, and no media type twice.
    public init(_ summary: String, _ encoders: [any BodyEncoder<Value>], status: HTTPResponse.Status = .ok) {
        precondition(!encoders.isEmpty, "an endpoint answers with something")
        precondition(Set(encoders.map(\.mediaType.essence)).count == encoders.count, "a media type is offered twice")
        self.status = status
        self.summary = summary
        self.encoders = encoders
    }

    /// Media types, in the order of preference.
    var offers: [MediaType] { encoders.map(\.mediaType) }

    /// - Throws: A 406 with the list when `accept` excludes everything there is.
    func negotiate(accept: String?) throws(Problem) -> any BodyEncoder<Value> {
        guard let chosen = ContentNegotiation.mediaType(accept: accept, offers: offers),
            let encoder = encoders.first(where: { $0.mediaType == chosen })
        else {
            throw Problem(
                .notAcceptable,
                "Nothing that this endpoint can answer with is named by Accept: "
                    + "\(enumeration(offers.map(\.description), "or")) can be had.",
                members: [JSONMember("offered", .list(offers.map { .string($0.description) }))])
        }
        return encoder
    }
}

extension ResponseForm where Value == JSONValue {
    /// A JSON document that the handler makes itself.
    public static func json(
        _ summary: String, _ schema: Schema, status: HTTPResponse.Status = .ok, example: JSONValue? = nil
    ) -> ResponseForm {
        ResponseForm(summary, [JSONBody(schema, example: example) { $0 }], status: status)
    }
}
