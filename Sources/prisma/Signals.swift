import Dispatch
import Foundation

/// The signals that tell a server to stop.
enum Signals {
    /// SIGTERM and SIGINT, as they come; from the first element on, neither ends the process by itself.
    static var stopping: AsyncStream<Int32> {
        AsyncStream { continuation in
            let sources = [SIGTERM, SIGINT].map { number in
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { continuation.yield(number) }
                source.resume()
                return SignalSource(source: source)
            }
            continuation.onTermination = { _ in for source in sources { source.source.cancel() } }
        }
    }

    /// `@unchecked Sendable` because: a dispatch source may be cancelled from any thread, and nothing else is done to it.
    private struct SignalSource: @unchecked Sendable {
        let source: any DispatchSourceSignal
    }
}
