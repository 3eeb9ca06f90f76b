import HTTP
import HTTPTypes
import Testing

@testable import Transport

@Suite("Errors as problem documents")
struct HTTPErrorProblemTests {
    private func body(_ error: HTTPError) -> String {
        guard case .bytes(let bytes) = error.problemResponse.body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("status, title and detail stand in valid JSON, whatever the detail holds")
    func json() {
        #expect(
            body(HTTPError(.badRequest, "a \"b\" \\ \n\u{1}é"))
                == #"{"type":"about:blank","title":"Bad Request","status":400,"detail":"a \"b\" \\ \u000a\u0001é"}"#)
    }

    @Test("405 says what is allowed, 503 when to come back, others neither")
    func fields() {
        #expect(HTTPError(.methodNotAllowed, "").problemResponse.head.headerFields[.allow]?.contains("GET") == true)
        #expect(HTTPError(.serviceUnavailable, "").problemResponse.head.headerFields[.retryAfter] == "1")
        let plain = HTTPError(.badRequest, "").problemResponse.head.headerFields
        #expect(plain[.allow] == nil && plain[.retryAfter] == nil && plain[.contentType] == "application/problem+json")
    }
}
