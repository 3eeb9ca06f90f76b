public import HTTP
import HTTPTypes
import Logging

extension Problem {
    /// What a client is told of an error; what it is not told is logged.
    init(telling error: any Error, _ id: String, _ log: Logger) {
        if let error = error as? any ProblemConvertible {
            self = error.problem
            if status.kind == .serverError { log.error("\(status.code): \(detail)") }
        } else if error is CancellationError {
            log.info("the client went away")
            self.init(.init(code: 499, reasonPhrase: "Client Closed Request"), "The request was cancelled.")
        } else {
            log.error("unforeseen error", metadata: ["error": "\(String(reflecting: error))"])
            self.init(
                .internalServerError,
                "Something failed that should not have. The server's log has it under \(quoted(id)).")
        }
    }
}

extension RequestContext {
    /// An error as this request's client is told it: for a part of an answer that has failed alone.
    public func problem(for error: any Error) -> Problem { Problem(telling: error, id, log) }
}

extension HTTPApplication {
    /// The answer to what is no request, for the transport to give: a problem with an id, as any other, in the log too.
    public func refuse(_ error: HTTPError) -> Response {
        let id = RequestID.choose(nil)
        var problem = error.problem
        // RFC 9110, 15.5.6: a 405 says what is allowed. Only CONNECT ends here.
        if error.status == .methodNotAllowed {
            problem.headerFields[.allow] = "GET, HEAD, POST, PUT, DELETE, OPTIONS"
        }
        if error.status == .serviceUnavailable { problem.headerFields[.retryAfter] = "1" }
        log.info("no request: \(error.status.code)", metadata: ["request": "\(id)"])
        var response = problem.response(instance: id)
        response.head.headerFields[requestIDField] = id
        return response
    }

    static let noSuchPath = Problem(
        .notFound, "There is nothing at this path. GET /openapi.json lists what there is.")

    static func notAllowed(_ method: HTTPRequest.Method, _ methods: [HTTPRequest.Method]) -> Problem {
        let names = methods.map(\.rawValue)
        return Problem(
            .methodNotAllowed, "\(quoted(method.rawValue)) is not possible here: expected \(enumeration(names, "or")).",
            headerFields: [.allow: names.joined(separator: ", ")])
    }

    /// The answer to `OPTIONS`.
    static func allowing(_ methods: [HTTPRequest.Method]) -> Response {
        Response(
            status: .noContent, headerFields: [.allow: methods.map(\.rawValue).joined(separator: ", ")])
    }

    /// What an error becomes. Only errors that know how to speak to a client do; others are logged and numbered.
    static func response(to error: any Error, _ id: String, _ log: Logger) -> Response {
        Problem(telling: error, id, log).response(instance: id)
    }

    /// 304 for a client that has this version already.
    static func unlessKnown(_ response: Response, _ head: HTTPRequest) -> Response {
        guard head.method == .get || head.method == .head, response.head.status == .ok,
            let tag = response.head.headerFields[.eTag].flatMap({ ETag(parsing: $0) }),
            let known = head.headerFields[.ifNoneMatch], tag.isNamed(byIfNoneMatch: known)
        else { return response }
        var unchanged = response
        unchanged.head.status = .notModified
        unchanged.head.headerFields[.contentType] = nil
        unchanged.body = .bytes([])
        return unchanged
    }
}
