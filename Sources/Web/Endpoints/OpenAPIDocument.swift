import HTTP
import HTTPTypes
public import TextNumbers

/// The OpenAPI 3.1 document of a list of endpoints (https://spec.openapis.org/oas/v3.1.0), made of the same declarations
/// that route and check the requests.
public struct OpenAPIDocument: Sendable {
    /// What the interface is.
    public struct Info: Sendable {
        /// Its name.
        public var title: String
        /// Its version.
        public var version: String
        /// In Markdown.
        public var summary: String

        /// Makes it of its parts.
        public init(title: String, version: String, summary: String) {
            self.title = title
            self.version = version
            self.summary = summary
        }
    }

    /// What the interface is.
    public let info: Info
    /// In the order in which they are listed.
    public let endpoints: [Endpoint]

    /// The document of `endpoints`.
    public init(_ endpoints: [Endpoint], _ info: Info) {
        self.info = info
        self.endpoints = endpoints
    }

    /// `endpoints`, and one that gives the document of them all, itself included.
    static func endpoints(_ endpoints: [Endpoint], _ info: Info) -> [Endpoint] {
        let responds = ResponseForm.json("An OpenAPI 3.1 document.", .map(.any))
        func own(_ document: JSONValue) -> Endpoint {
            Endpoint(
                .get, "/openapi.json", "This document", tag: "Service", responds: responds,
                handler: { _ in document })
        }
        let all = endpoints + [own(.null)]
        return endpoints + [own(OpenAPIDocument(all, info).json)]
    }

    /// The document. Two different schemas of one name are a programmer's mistake.
    public var json: JSONValue {
        var components = OpenAPIComponents()
        var paths: [JSONMember] = []
        var tags: [String] = []
        for endpoint in endpoints {
            let operation = JSONMember(endpoint.method.rawValue.lowercased(), endpoint.operation(&components))
            if !tags.contains(endpoint.description.tag) { tags.append(endpoint.description.tag) }
            let path = endpoint.path.description
            if let place = paths.firstIndex(where: { $0.key == path }) {
                paths[place].value = .object((paths[place].value.object ?? []) + [operation])
            } else {
                paths.append(JSONMember(path, .object([operation])))
            }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": .string(info.title), "version": .string(info.version), "description": .string(info.summary),
            ],
            "tags": .list(tags.map { ["name": .string($0)] }),
            "paths": .object(paths),
            "components": [
                "schemas": .object(components.schemas + [JSONMember("Problem", Self.problemSchema)]),
                "parameters": Self.commonParameters,
                "responses": ["Problem": Self.problemResponse("What went wrong.")],
            ],
        ]
    }

    static func problemResponse(_ summary: String) -> JSONValue {
        [
            "description": .string(summary),
            "content": [Problem.mediaType: ["schema": ["$ref": "#/components/schemas/Problem"]]],
        ]
    }

    /// RFC 9457. Open: a problem may say more, such as the figures of a limit.
    private static let problemSchema: JSONValue = [
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"],
            "detail": ["type": "string", "description": "What was wrong and what was expected."],
            "instance": ["type": "string", "description": "The id of the request, as in X-Request-ID and the log."],
            "errors": [
                "type": "array", "description": "Each wrong field.",
                "items": [
                    "type": "object",
                    "properties": [
                        "pointer": ["type": "string", "description": "Where it stands in the document (RFC 6901)."],
                        "parameter": ["type": "string", "description": "Which parameter of the query it is."],
                        "detail": ["type": "string"],
                    ],
                    "required": ["detail"],
                ],
            ],
        ],
        "required": ["type", "title", "status", "detail", "instance"],
    ]

    private static let commonParameters: JSONValue = [
        "RequestID": [
            "name": .string(RequestID.fieldName), "in": "header",
            "description": .string(
                "Names the request in the answer and the log. One that is not 1 to 128 letters, digits, '.', '_' and '-' "
                    + "is replaced by one of the server's own."),
            "schema": ["type": "string"],
        ],
        "IfNoneMatch": [
            "name": "If-None-Match", "in": "header",
            "description": "Tags of versions that the client has; 304 where one of them is current.",
            "schema": ["type": "string"],
        ],
        "Range": [
            "name": "Range", "in": "header",
            "description": "A part of an answer that is not JSON (RFC 9110, 14.2), such as bytes=0-1023.",
            "schema": ["type": "string"],
        ],
        "IfRange": [
            "name": "If-Range", "in": "header",
            "description": "The tag that Range belongs to; all is sent where another version is current.",
            "schema": ["type": "string"],
        ],
        "Deadline": [
            "name": .string(deadlineField.rawName), "in": "header",
            "description": "How many milliseconds the client will wait.",
            "schema": ["type": "integer", "minimum": 1, "maximum": 3_600_000],
        ],
    ]
}
