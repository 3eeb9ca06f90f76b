import HTTP
import HTTPTypes
import TextNumbers

extension Endpoint {
    /// The operation object of this endpoint.
    func operation(_ components: inout OpenAPIComponents) -> JSONValue {
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
        return words.reduce(method.rawValue.lowercased()) { $0 + $1.capitalizedAtStart }
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
                    "description": .string(property.schema.saying), "style": "form", "explode": false,
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
        let conditions: [String] =
            switch description.caching {
            case .none: []
            case .tagged: ["IfNoneMatch"]
            case .inParts: ["IfNoneMatch", "Range", "IfRange"]
            }
        return parameters
            + (conditions + ["RequestID", "Deadline"]).map { ["$ref": .string("#/components/parameters/\($0)")] }
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
            [JSONMember(String(description.response.status.code), success)] + partialResponses + errors
                + [JSONMember("default", ["$ref": "#/components/responses/Problem"])])
    }

    /// What a client gets that has all or some of the answer already.
    private var partialResponses: [JSONMember] {
        let unchanged = JSONMember("304", ["description": "What If-None-Match names is what there is."])
        switch description.caching {
        case .none: return []
        case .tagged: return [unchanged]
        case .inParts:
            let media = description.response.media.filter { $0.schema == nil }
            let part: JSONValue = [
                "description": "The bytes that Range asked for, of an answer that is not JSON.",
                "content": .object(media.map { JSONMember($0.mediaType.description, .object([])) }),
            ]
            let beyond = OpenAPIDocument.problemResponse("Nothing of the range exists; Content-Range has the length.")
            return [JSONMember("206", part), unchanged, JSONMember("416", beyond)]
        }
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
