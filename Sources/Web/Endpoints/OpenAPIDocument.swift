import HTTP
import HTTPTypes
public import TextNumbers

/// The OpenAPI 3.1 document of a list of endpoints (https://spec.openapis.org/oas/v3.1.0), made of the same declarations
/// that route and check the requests.
public struct OpenAPIDocument: Sendable {
    public struct Info: Sendable {
        public var title: String
        public var version: String
        /// In Markdown.
        public var summary: String

        public init(title: String, version: String, summary: String) {
            self.title = title
            self.version = version
            self.summary = summary
        }
    }

    public let info: Info
    public let endpoints: [Endpoint]

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
            "info": ["title": .string(info.title), "version": .string(info.version), "description": .string(info.summary)],
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
            "description": "Names the request in the answer and the log; made where there is none.",
            "schema": ["type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"],
        ],
        "Deadline": [
            "name": .string(deadlineField.rawName), "in": "header",
            "description": "How many milliseconds the client will wait.",
            "schema": ["type": "integer", "minimum": 1, "maximum": 3_600_000],
        ],
    ]
}

extension Endpoint {
    fileprivate func operation(_ components: inout OpenAPIComponents) -> JSONValue {
        var members = [
            JSONMember("operationId", .string(operationID)), JSONMember("summary", .string(description.summary)),
            JSONMember("tags", [.string(description.tag)]),
        ]
        if !description.details.isEmpty { members.append(JSONMember("description", .string(description.details))) }
        members.append(JSONMember("parameters", .list(parameters(&components))))
        if let request = description.request {
            members.append(
                JSONMember(
                    "requestBody",
                    ["required": .bool(request.isRequired), "content": Self.content(request.media, &components)]))
        }
        members.append(JSONMember("responses", responses(&components)))
        return .object(members)
    }

    /// `postV1ModelsModelPredict`.
    private var operationID: String {
        let words = path.description.split { !$0.isLetter && !$0.isNumber }
        return words.reduce(method.rawValue.lowercased()) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }

    private func parameters(_ components: inout OpenAPIComponents) -> [JSONValue] {
        var parameters: [JSONValue] = path.parameterNames.map { name in
            [
                "name": .string(name), "in": "path", "required": true,
                "schema": ["type": "string", "pattern": .string(PathPattern.nameExpression)],
            ]
        }
        if case .object(let properties) = description.query.kind {
            for property in properties {
                parameters.append([
                    "name": .string(property.name), "in": "query", "required": .bool(property.isRequired),
                    "description": .string(property.schema.summary), "style": "form", "explode": false,
                    "schema": property.schema.openAPI(&components),
                ])
            }
        }
        if let request = description.request, request.takesDocumentInQuery {
            parameters.append([
                "name": .string(RequestDecoder.documentName), "in": "query", "required": false,
                "description": "The document, where the body is not JSON.",
                "content": ["application/json": ["schema": request.schema.openAPI(&components)]],
            ])
        }
        let common: [JSONValue] = ["RequestID", "Deadline"].map {
            ["$ref": .string("#/components/parameters/\($0)")]
        }
        return parameters + common
    }

    private func responses(_ components: inout OpenAPIComponents) -> JSONValue {
        let success: JSONValue = [
            "description": .string(description.response.summary),
            "content": Self.content(description.response.media, &components),
        ]
        let errors = description.errors.sorted { $0.key.code < $1.key.code }.map { status, summary in
            JSONMember(String(status.code), OpenAPIDocument.problemResponse(summary))
        }
        return .object(
            [JSONMember(String(description.response.status.code), success)] + errors
                + [JSONMember("default", ["$ref": "#/components/responses/Problem"])])
    }

    private static func content(
        _ media: [EndpointDescription.Medium], _ components: inout OpenAPIComponents
    ) -> JSONValue {
        .object(
            media.map { medium in
                var members: [JSONMember] = []
                if let schema = medium.schema { members.append(JSONMember("schema", schema.openAPI(&components))) }
                if let example = medium.example { members.append(JSONMember("example", example)) }
                return JSONMember(medium.mediaType.description, .object(members))
            })
    }
}
