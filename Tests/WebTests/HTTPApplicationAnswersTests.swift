import HTTP
import HTTPTypes
import Logging
import Testing
import TextNumbers

@testable import Web

@Suite struct HTTPApplicationAnswersTests {
    private let silence = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

    private var application: HTTPApplication {
        HTTPApplication([], info: OpenAPIDocument.Info(title: "a", version: "1", summary: ""), log: silence)
    }

    /// What never became a request is told as any other problem is: with an id.
    @Test func aRefusalOfTheTransportHasAnID() async throws {
        for (status, field) in [
            (HTTPResponse.Status.badRequest, nil), (.methodNotAllowed, HTTPField.Name.allow),
            (.serviceUnavailable, .retryAfter),
        ] {
            let response = application.refuse(HTTPError(status, "Why."))
            #expect(response.head.status == status)
            let problem = try JSONValue.parse(try await response.body.collected())
            #expect(problem.object?.map(\.key) == ["type", "title", "status", "detail", "instance"])
            #expect(problem["detail"] == "Why.")
            #expect(problem["instance"]?.string == response.head.headerFields[requestIDField])
            if let field { #expect(response.head.headerFields[field] != nil) }
        }
    }

    /// The part of an answer that fails alone says what the whole would have said, and no more.
    @Test func anErrorIsToldTheSameWhereverItFails() {
        struct Secret: Error { let path = "/etc/passwd" }
        let head = HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/")
        let context = RequestContext(id: "id-1", head: head, log: silence)
        #expect(context.problem(for: Problem(.conflict, "No.")) == Problem(.conflict, "No."))
        #expect(context.problem(for: CancellationError()).status.code == 499)
        let unforeseen = context.problem(for: Secret())
        #expect(unforeseen.status == .internalServerError)
        #expect(unforeseen.detail.contains("id-1") && !unforeseen.detail.contains("passwd"))
    }
}
