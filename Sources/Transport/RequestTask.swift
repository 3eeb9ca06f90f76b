import HTTP

/// The way of one request through the handler and back to its connection, as a task.
///
/// A plain name for the request: whatever it asks of a connection that has gone on or gone comes to nothing.
struct RequestTask: Sendable {
    let queue: ConnectionQueue
    let channel: Int
    let request: Int

    /// Runs the handler. It starts on the connection's queue and leaves it where it first waits, as for a body: what
    /// can be answered by the head alone is answered without a change of thread, and nothing larger runs here.
    func start(head: RequestHead, peer: String?, handler: any RequestHandler) -> Task<Void, Never> {
        let body =
            head.framing == .none
            ? RequestBody.empty : RequestBody(contentLength: head.contentLength, next: readBody)
        return Task.immediate {
            let response = await handler.respond(
                to: Request(head: head.request, body: body, peer: peer))
            await send(response)
        }
    }

    private func send(_ response: Response) async {
        switch response.body {
        case .bytes(let bytes):
            queue.postResponse(channel: channel, request: request, head: response.head, body: bytes)
        case .stream(let length, let produce):
            guard await queue.beginStream(channel: channel, request: request, head: response.head, length: length)
            else { return }
            do {
                try await produce(Writer(task: self))
                await queue.endStream(channel: channel, request: request, isComplete: true)
            } catch {
                await queue.endStream(channel: channel, request: request, isComplete: false)
            }
        }
    }

    @Sendable private func readBody() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await queue.readBody(channel: channel, request: request)
        } onCancel: {
            Task { await queue.cancelRead(channel: channel, request: request) }
        }
    }

    private struct Writer: ResponseWriter {
        let task: RequestTask

        func write(_ bytes: [UInt8]) async throws {
            try await withTaskCancellationHandler {
                try Task.checkCancellation()
                try await task.queue.write(channel: task.channel, request: task.request, bytes: bytes)
            } onCancel: {
                Task { await task.queue.cancelWrite(channel: task.channel, request: task.request) }
            }
        }
    }
}
