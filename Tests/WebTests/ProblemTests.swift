import HTTP
import HTTPTypes
import Testing
import TextNumbers
import Web

struct ProblemTests {
    @Test func theDocumentHasTheMembersOfRFC9457() async throws {
        let problem = Problem(.notFound, "No model \"x\".", members: [JSONMember("limit", 3)])
        let response = problem.response(instance: "abc")
        #expect(response.head.headerFields[.contentType] == "application/problem+json")
        #expect(
            try JSONValue.parse(try await response.body.collected()) == [
                "type": "about:blank", "title": "Not Found", "status": 404, "detail": "No model \"x\".",
                "instance": "abc", "limit": 3,
            ])
    }

    @Test func wrongFieldsAreNamedByPointerAndParameter() {
        let problem = Problem.fields([
            FieldError(.pointer(JSONPointer(["inputs", "0", "a/b~c"])), "expected an object, found 3"),
            FieldError(.parameter("limit"), "expected an integer, found \"x\""),
        ])
        #expect(problem.status == .badRequest)
        #expect(problem.detail == "/inputs/0/a~1b~0c: expected an object, found 3 (and 1 more)")
        #expect(
            problem.json(instance: "i")["errors"]?.array == [
                ["pointer": "/inputs/0/a~1b~0c", "detail": "expected an object, found 3"],
                ["parameter": "limit", "detail": "expected an integer, found \"x\""],
            ])
    }

    @Test func errorsOfTheLayersBelowSpeakForThemselves() {
        #expect(HTTPError(.uriTooLong, "Too long.").problem == Problem(.uriTooLong, "Too long."))
        #expect(
            JSONError(position: 7, reason: "expected a digit").problem
                == Problem(.badRequest, "The JSON is broken at byte 7: expected a digit."))
    }

    @Test func anEmptyPointerIsTheDocument() {
        #expect(
            Problem.fields([FieldError(.pointer(.root), "expected an object, found 3")]).detail
                == "the document: expected an object, found 3")
    }
}
