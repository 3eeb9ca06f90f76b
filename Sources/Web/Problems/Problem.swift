public import HTTP
public import HTTPTypes
public import TextNumbers

/// An error as a client sees it: `application/problem+json` (RFC 9457).
public struct Problem: Error, Sendable, Equatable {
    /// The status to answer with.
    public var status: HTTPResponse.Status
    /// One or two sentences: what was wrong, what was expected. Never a path, an address or a library's own words.
    public var detail: String
    /// For a request with wrong fields: each of them.
    public var errors: [FieldError]
    /// Fields of the response, such as `Allow` or `Retry-After`.
    public var headerFields: HTTPFields
    /// Further members of the document, such as the figures of a limit.
    public var members: [JSONMember]

    /// Makes a problem of its parts.
    public init(
        _ status: HTTPResponse.Status, _ detail: String, errors: [FieldError] = [], headerFields: HTTPFields = [:],
        members: [JSONMember] = []
    ) {
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headerFields = headerFields
        self.members = members
    }

    /// A 400 for wrong fields. The detail tells the first, and how many more there are.
    public static func fields(_ errors: [FieldError]) -> Problem {
        guard let first = errors.first else { return Problem(.badRequest, "The request is not valid.") }
        let more = errors.count == 1 ? "" : " (and \(errors.count - 1) more)"
        return Problem(.badRequest, "\(first.placeText): \(first.detail)\(more)", errors: errors)
    }

    /// The members that tell which limit was exceeded, by its name in `GET /v1/limits`, and what it is.
    public static func limit(_ name: String, _ maximum: Int) -> [JSONMember] {
        [JSONMember("limit", .string(name)), JSONMember("maximum", .integer(Int64(maximum)))]
    }

    /// The document, with `instance` naming the request.
    public func json(instance: String) -> JSONValue {
        var document: [JSONMember] = [
            JSONMember("type", "about:blank"), JSONMember("title", .string(status.reasonPhrase)),
            JSONMember("status", .integer(Int64(status.code))), JSONMember("detail", .string(detail)),
            JSONMember("instance", .string(instance)),
        ]
        if !errors.isEmpty { document.append(JSONMember("errors", .list(errors.map(\.json)))) }
        return .object(document + members)
    }

    /// The answer. It may not be stored.
    public func response(instance: String) -> Response {
        var fields = headerFields
        fields[.contentType] = Self.mediaType
        fields[.cacheControl] = "no-store"
        return Response(status: status, headerFields: fields, body: .bytes(json(instance: instance).serialized))
    }

    /// Of the document.
    public static let mediaType = "application/problem+json"
}
