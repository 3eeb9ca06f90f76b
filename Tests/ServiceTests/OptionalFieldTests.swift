import HTTPTypes
import ServiceTesting
import Testing
import TextNumbers
import Web

/// A field that may be left out may be null, which means the same.
@Suite struct OptionalFieldTests {
    private static let endpoints = ["predict", "run", "activations", "attention", "logit-lens"]

    @Test(arguments: endpoints)
    func everyOptionalFieldMayBeNull(_ path: String) async throws {
        let service = try await TestService.standard()
        let document = try await service.get("/openapi.json").json
        let operation = document["paths"]?["/v1/models/{model}/\(path)"]?["post"]
        let reference = operation?["requestBody"]?["content"]?["application/json"]?["schema"]?["$ref"]?.string ?? ""
        let name = String(reference.split(separator: "/").last ?? "")
        let schema = try #require(document["components"]?["schemas"]?[name])
        let required = schema["required"]?.array?.compactMap(\.string) ?? []
        let plain = try await service.post("/v1/models/vit/\(path)", Requests.document()).json
        for field in try #require(schema["properties"]?.object).map(\.key) where !required.contains(field) {
            if field == "inputs" { continue }
            let answer = try await service.post(
                "/v1/models/vit/\(path)", Requests.document().setting(field, to: .null))
            #expect(answer.status == 200, "\(field): \(answer.detail)")
            #expect(try answer.json.keys == plain.keys, "\(field)")
        }
    }
}
