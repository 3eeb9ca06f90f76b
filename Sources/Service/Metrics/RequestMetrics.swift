internal import HTTPTypes
internal import Synchronization
internal import Web

/// Counts requests and how long they took. Labels are bounded: routes are patterns, never paths, and methods that nobody
/// serves are one.
final class RequestMetrics: Sendable {
    private struct Kind: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    private struct Durations {
        var counts = [Int](repeating: 0, count: RequestMetrics.bounds.count)
        var count = 0
        var sum = 0.0
    }

    private struct State {
        var requests: [Kind: Int] = [:]
        var durations: [String: Durations] = [:]
    }

    /// Seconds: from a cached answer to a long batch.
    static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

    /// What stands for the route of static files and of paths that lead nowhere.
    static let noRoute = "other"

    private let state = Mutex(State())

    func observe(_ record: RequestRecord) {
        let route = record.route ?? Self.noRoute
        let seconds = max(0, record.duration / .seconds(1))
        let kind = Kind(route: route, method: Self.label(of: record.method), status: record.status.code)
        let bucket = Self.bounds.firstIndex { seconds <= $0 }
        state.withLock { state in
            state.requests[kind, default: 0] += 1
            var durations = state.durations[route] ?? Durations()
            if let bucket { durations.counts[bucket] += 1 }
            durations.count += 1
            durations.sum += seconds
            state.durations[route] = durations
        }
    }

    func write(to text: inout MetricsText) {
        let state = state.withLock { $0 }
        text.family("prisma_http_requests_total", .counter, "Requests answered.")
        let requests = state.requests.sorted { a, b in
            (a.key.route, a.key.method, a.key.status) < (b.key.route, b.key.method, b.key.status)
        }
        for (kind, count) in requests {
            text.sample(
                "prisma_http_requests_total",
                ["route": kind.route, "method": kind.method, "status": "\(kind.status)"], count)
        }
        let name = "prisma_http_request_duration_seconds"
        text.family(name, .histogram, "From a request's header to its answer's; a streamed body comes after it.")
        for (route, durations) in state.durations.sorted(by: { $0.key < $1.key }) {
            text.histogram(
                name, ["route": route], bounds: Self.bounds, counts: durations.counts, sum: durations.sum,
                count: durations.count)
        }
    }

    private static func label(of method: HTTPRequest.Method) -> String {
        let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
        return known.contains(method) ? method.rawValue : "other"
    }
}
