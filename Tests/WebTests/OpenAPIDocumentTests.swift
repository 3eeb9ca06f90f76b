import HTTPTypes
import Testing
import TextNumbers
import Web

struct OpenAPIDocumentTests {
    private let document: JSONValue

    init() async throws {
        document = try await SampleApplication.make().ask(.get, "/openapi.json").json
    }

    @Test func itSaysWhatItIs() {
        #expect(document["openapi"] == "3.1.0")
        #expect(document["info"] == ["title": "Sample", "version": "1.2.3", "description": "For tests."])
        #expect(document["tags"] == .list(["Models", "Things", "Jobs", "Service"].map { ["name": .string($0)] }))
    }

    @Test func everyEndpointIsInItAndNothingElse() throws {
        let listed = try #require(document["paths"]?.object).flatMap { path in
            (path.value.object ?? []).map { "\($0.key.uppercased()) \(path.key)" }
        }
        let served = SampleApplication.endpoints.map { "\($0.method.rawValue) \($0.path)" } + ["GET /openapi.json"]
        #expect(Set(listed) == Set(served) && listed.count == served.count)
    }

    @Test func anOperationIsDescribedInFull() throws {
        let operation = try #require(document["paths"]?["/v1/models/{model}/predict"]?["post"])
        #expect(operation["operationId"] == "postV1ModelsModelPredict")
        #expect(operation["summary"] == "Predict")
        #expect(operation["description"] == "More words.")
        #expect(operation["tags"] == ["Models"])
        #expect(operation["parameters"]?[0]?["name"] == "model")
        #expect(operation["parameters"]?[0]?["required"] == true)
        #expect(operation["parameters"]?[1]?["name"] == "request")
        #expect(operation["requestBody"]?["required"] == true)
        let content = try #require(operation["requestBody"]?["content"])
        #expect(content.object?.map(\.key) == ["application/json", "multipart/form-data", "image/png"])
        #expect(content["application/json"]?["schema"] == ["$ref": "#/components/schemas/Predict"])
        #expect(content["application/json"]?["example"] == ["inputs": [1, 2]])
        #expect(operation["responses"]?.object?.map(\.key) == ["200", "404", "422", "default"])
        #expect(
            operation["responses"]?["200"]?["content"]?["application/json"]?["schema"]
                == ["$ref": "#/components/schemas/Prediction"])
        #expect(operation["responses"]?["404"]?["description"] == "No such model.")
    }

    @Test func parametersOfTheQueryAreDescribed() throws {
        let parameters = try #require(document["paths"]?["/v1/things"]?["get"]?["parameters"]?.array)
        #expect(parameters.first?["name"] == "limit")
        #expect(parameters.first?["in"] == "query")
        #expect(parameters.first?["required"] == false)
        #expect(
            parameters.first?["schema"]
                == ["type": "integer", "minimum": 1, "maximum": 100, "description": "How many.", "default": 20])
    }

    @Test func aSchemaIsWrittenWithItsBoundsDefaultsAndNames() {
        #expect(
            document["components"]?["schemas"]?["Predict"] == [
                "type": "object",
                "properties": [
                    "inputs": [
                        "anyOf": [
                            ["type": "array", "items": ["type": "integer"], "description": "Numbers."],
                            ["type": "null"],
                        ], "description": "Numbers.", "default": [],
                    ],
                    "top_k": [
                        "anyOf": [
                            ["type": "integer", "minimum": 1, "maximum": 1000, "description": "How many."],
                            ["type": "null"],
                        ], "description": "How many.", "default": 5,
                    ],
                    "part": [
                        "anyOf": [["type": "string", "description": "A part's name."], ["type": "null"]],
                        "description": "A part's name.",
                    ],
                ],
                "additionalProperties": false, "description": "What to predict.",
            ])
    }

    @Test func everyReferenceLeadsSomewhere() {
        func references(_ value: JSONValue) -> [String] {
            switch value {
            case .object(let members):
                members.flatMap { $0.key == "$ref" ? [$0.value.string ?? ""] : references($0.value) }
            case .array(let elements): elements.flatMap(references)
            default: []
            }
        }
        let all = references(document)
        #expect(!all.isEmpty)
        for reference in all {
            let place = reference.dropFirst(2).split(separator: "/").reduce(document) { $0?[String($1)] }
            #expect(place != nil, "\(reference)")
        }
    }

    @Test func operationIDsAreUnique() throws {
        let ids = try #require(document["paths"]?.object).flatMap { path in
            (path.value.object ?? []).compactMap { $0.value["operationId"]?.string }
        }
        #expect(Set(ids).count == ids.count && ids.count == SampleApplication.endpoints.count + 1)
    }

    @Test("a schema of each kind", arguments: kinds) func kind(_ schema: Schema, _ expected: String) async throws {
        let endpoint = Endpoint(.get, "/x", "X", tag: "X", responds: .json("X.", schema), handler: { _ in nil })
        let json = OpenAPIDocument([endpoint], .init(title: "", version: "", summary: "")).json
        let written = json["paths"]?["/x"]?["get"]?["responses"]?["200"]?["content"]?["application/json"]?["schema"]
        #expect(written.map { String(decoding: $0.serialized, as: UTF8.self) } == expected)
    }

    private static let kinds: [(Schema, String)] = [
        (.any, "{}"), (.null, #"{"type":"null"}"#), (.boolean, #"{"type":"boolean"}"#),
        (.integer, #"{"type":"integer"}"#), (.integer(1...Int.max), #"{"type":"integer","minimum":1}"#),
        (.number(0...1), #"{"type":"number","minimum":0.0,"maximum":1.0}"#), (.string, #"{"type":"string"}"#),
        (Schema(.string(length: 1...8)), #"{"type":"string","minLength":1,"maxLength":8}"#),
        (.choice(["a", "b"]), #"{"type":"string","enum":["a","b"]}"#),
        (.list(.integer, count: 1...2), #"{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":2}"#),
        (.map(.string), #"{"type":"object","additionalProperties":{"type":"string"}}"#),
        (Schema.integer.nullable, #"{"anyOf":[{"type":"integer"},{"type":"null"}]}"#),
        (
            .object(properties: [.init("a", .integer), .init("b", .string, isRequired: false)]),
            #"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},"#
                + #""required":["a"],"additionalProperties":false}"#
        ),
        (
            Schema(.integer(nil), "Said.", example: 3),
            #"{"type":"integer","description":"Said.","examples":[3]}"#
        ),
    ]

    /// A form that serves several fields is one component; each field may say what it is there.
    @Test func aComponentIsSharedByFieldsThatSayDifferentThings() throws {
        let shared = Form.object("Shared", "A pair.", fields: Field("a", .integer, "One."), make: { $0 })
        let form = Form.object(
            fields: Field("first", shared, "What it begins with."), Field(optional: "second", shared, "And then."),
            make: { ($0, $1) })
        let endpoint = Endpoint(
            .post, "/pairs", "Pairs", tag: "Things", body: RequestForm(form),
            responds: .json("None.", .object(properties: []))
        ) { _ in [:] }
        let json = OpenAPIDocument([endpoint], .init(title: "", version: "", summary: "")).json
        #expect(json["components"]?["schemas"]?["Shared"]?["description"] == "A pair.")
        let body = json["paths"]?["/pairs"]?["post"]?["requestBody"]?["content"]?["application/json"]?["schema"]
        let reference = JSONMember("$ref", "#/components/schemas/Shared")
        let first: JSONValue = .object([reference, JSONMember("description", "What it begins with.")])
        #expect(body?["properties"]?["first"] == first)
        #expect(body?["properties"]?["second"]?["description"] == "And then.")
    }
}
