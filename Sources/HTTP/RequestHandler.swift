/// What stands behind a server: a request in, a response out. It never throws: whatever goes wrong has an
/// answer. When the peer hangs up, the task that runs it is cancelled.
public protocol RequestHandler: Sendable {
    func respond(to request: Request) async -> Response
}
