internal import Foundation
internal import FoundationNetworking
internal import Synchronization

/// One request and its answer; a redirect is an answer like any other, for where to go next is for ``HubClient`` to say.
final class Transfer: NSObject, URLSessionDataDelegate, Sendable {
    /// What comes of the body.
    struct Sink: Sendable {
        /// Looks at the head; whether the body is wanted. An error ends the transfer.
        let accept: @Sendable (HTTPURLResponse) throws -> Bool
        /// Takes a piece of it. An error ends the transfer.
        let receive: @Sendable (Data) throws -> Void
    }

    private struct State {
        var continuation: CheckedContinuation<HTTPURLResponse, any Error>?
        var response: HTTPURLResponse?
        var isWanted = false
        var failure: (any Error)?
        /// Of a body that nobody wants.
        var ignored = 0
    }

    private let state = Mutex(State())
    private let sink: Sink

    /// A body that nobody wants, an error's page for instance, is read to its end only as far as this.
    private static let mostIgnored = 1 << 16

    private init(_ sink: Sink) { self.sink = sink }

    /// Sends a request. - Throws: `URLError`, or what the sink throws.
    static func run(_ request: URLRequest, into sink: Sink) async throws -> HTTPURLResponse {
        let transfer = Transfer(sink)
        let settings = URLSessionConfiguration.ephemeral
        settings.urlCache = nil
        settings.httpCookieStorage = nil
        let session = URLSession(configuration: settings, delegate: transfer, delegateQueue: nil)
        defer { session.finishTasksAndInvalidate() }
        let task = session.dataTask(with: request)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                transfer.state.withLock { $0.continuation = continuation }
                task.resume()
            }
        } onCancel: {
            task.cancel()
        }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        state.withLock { $0.response = response }
        completionHandler(nil)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        if let head = response as? HTTPURLResponse { begin(head, dataTask) }
        completionHandler(.allow)
    }

    private func begin(_ head: HTTPURLResponse, _ task: URLSessionTask) {
        do {
            let isWanted = try sink.accept(head)
            state.withLock {
                $0.response = head
                $0.isWanted = isWanted
            }
        } catch {
            fail(error, task)
        }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let (isWanted, hasFailed, isTooMuch) = state.withLock { state in
            if !state.isWanted { state.ignored += data.count }
            return (state.isWanted, state.failure != nil, state.ignored > Self.mostIgnored)
        }
        if hasFailed { return }
        if !isWanted {
            if isTooMuch { dataTask.cancel() }
            return
        }
        do {
            try sink.receive(data)
        } catch {
            fail(error, dataTask)
        }
    }

    private func fail(_ error: any Error, _ task: URLSessionTask) {
        state.withLock { $0.failure = $0.failure ?? error }
        task.cancel()
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let (continuation, result) = state.withLock { state in
            defer { state.continuation = nil }
            let head = state.response ?? task.response as? HTTPURLResponse
            let result: Result<HTTPURLResponse, any Error> =
                if let failure = state.failure {
                    .failure(failure)
                } else if let error, state.isWanted || head == nil {
                    .failure(error)
                } else if let head {
                    .success(head)
                } else {
                    .failure(URLError(.badServerResponse))
                }
            return (state.continuation, result)
        }
        continuation?.resume(with: result)
    }
}
