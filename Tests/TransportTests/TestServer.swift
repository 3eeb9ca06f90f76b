import HTTP
import HTTPTypes
import Logging
import Testing
import Transport

/// Something that happens once and can be waited for.
actor Signal {
    private var hasFired = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func fire() {
        hasFired = true
        waiting.forEach { $0.resume() }
        waiting = []
    }

    func wait() async {
        if !hasFired { await withCheckedContinuation { waiting.append($0) } }
    }
}

/// Answers by path, and tells the test what happens on the way.
struct TestHandler: RequestHandler {
    /// A request to `/hold`, `/forever` or `/flood` has begun.
    let entered = Signal()
    /// Lets `/hold` answer.
    let release = Signal()
    /// The task of `/forever` was cancelled, or a write of `/flood` failed.
    let cancelled = Signal()

    func respond(to request: Request) async -> Response {
        switch request.head.path {
        case "/echo":
            do {
                return Response(status: .ok, body: .bytes(try await request.body.collect(upTo: 64 * 1024 * 1024)))
            } catch let error as HTTPError {
                return Response(status: error.status, body: .bytes(Array(error.detail.utf8)))
            } catch {
                return Response(status: .internalServerError)
            }
        case "/mirror":
            return Response(
                status: .ok,
                body: .stream(contentLength: nil) { writer in
                    for try await piece in request.body { try await writer.write(piece) }
                })
        case "/hold":
            await entered.fire()
            await release.wait()
            return text("released")
        case "/forever":
            await entered.fire()
            try? await Task.sleep(for: .seconds(3600))
            if Task.isCancelled { await cancelled.fire() }
            return text("never")
        case "/flood":
            return Response(
                status: .ok,
                body: .stream(contentLength: nil) { writer in
                    await entered.fire()
                    do {
                        while true { try await writer.write([UInt8](repeating: 0, count: 64 * 1024)) }
                    } catch {
                        await cancelled.fire()
                        throw error
                    }
                })
        case "/refuse":
            return Response(status: .contentTooLarge, body: .bytes(Array("too large".utf8)))
        default:
            return text(request.head.path ?? "")
        }
    }

    private func text(_ text: String) -> Response { Response(status: .ok, body: .bytes(Array(text.utf8))) }
}

let quietLog = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs `body` against a server of its own on a port of the system's choice.
func withServer(
    _ change: (inout ServerConfiguration) -> Void = { _ in },
    _ body: (_ server: Server, _ port: Int, _ handler: TestHandler) async throws -> Void
) async throws {
    var configuration = ServerConfiguration()
    configuration.port = 0
    configuration.timeouts.tick = .milliseconds(20)
    change(&configuration)
    let handler = TestHandler()
    let server = Server(
        configuration: configuration, handler: handler, log: quietLog)
    let address = try await server.start()
    do {
        try await body(server, address.port, handler)
    } catch {
        await server.stop(grace: .zero)
        throw error
    }
    await server.stop(grace: .zero)
    #expect(server.connectionCount == 0)
}
