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
    /// Their media types, in the order of preference.
    let offers: [MediaType]

    /// - Precondition: At least one encoder, and no media type twice.
    public init(_ summary: String, _ encoders: [any BodyEncoder<Value>], status: HTTPResponse.Status = .ok) {
        precondition(!encoders.isEmpty, "an endpoint answers with something")
        let offers = encoders.map(\.mediaType)
        precondition(Set(offers.map(\.essence)).count == offers.count, "a media type is offered twice")
        self.offers = offers
        self.status = status
        self.summary = summary
        self.encoders = encoders
    }

    /// - Throws: A 406 with the list when `accept` excludes everything there is.
    func negotiate(accept: String?) throws(Problem) -> any BodyEncoder<Value> {
        if accept == nil || accept == "*/*" { return encoders[0] }
        guard let chosen = ContentNegotiation.mediaType(accept: accept, offers: offers),
            let place = offers.firstIndex(of: chosen)
        else {
            throw Problem(
                .notAcceptable,
                "Nothing that this endpoint can answer with is named by Accept: "
                    + "\(enumeration(offers.map(\.description), "or")) can be had.",
                members: [JSONMember("offered", .list(offers.map { .string($0.description) }))])
        }
        return encoders[place]
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
