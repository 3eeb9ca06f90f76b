import Dispatch

/// A client of the server under test. Its socket blocks a queue of its own, so that neither it nor the server waits for
/// the other on the cooperative pool.
///
/// `@unchecked Sendable` because: the socket is used on `queue` alone, one call after the other.
final class RawClient: @unchecked Sendable {
    private let queue = DispatchQueue(label: "tests.client")
    private let socket: RawSocket

    init(port: Int) throws { socket = try RawSocket(port: port) }

    /// A whole request and its answer; `Content-Length` is added where there is a body.
    func request(
        _ method: String, _ target: String, _ fields: [String] = [], body: [UInt8] = []
    ) async throws -> RawSocket.Reply {
        try await run { try $0.request(method, target, fields, body: body) }
    }

    func send(_ bytes: [UInt8]) async throws { try await run { try $0.send(bytes) } }

    func send(_ text: String) async throws { try await run { try $0.send(text) } }

    /// The next answer.
    func reply() async throws -> RawSocket.Reply { try await run { try $0.reply() } }

    /// Waits for `100 Continue`: the server wants the body, so it has begun with the request.
    func untilContinued() async throws { try await run { try $0.awaitContinue() } }

    /// Whether the server has closed the connection, waiting for it.
    func isClosed() async throws -> Bool { try await run { $0.isClosed() } }

    /// Goes away so that the server is told by a reset.
    func reset() async throws { try await run { $0.reset() } }

    private func run<Result: Sendable>(_ body: @escaping @Sendable (RawSocket) throws -> Result) async throws -> Result
    {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body(self.socket) }) }
        }
    }
}
