public import HTTP
import HTTPTypes
public import Logging

/// The whole of an HTTP interface: endpoints, their OpenAPI document at `/openapi.json`, static files, and what is done
/// to every request and answer. It needs no socket: a test asks `respond(to:)`.
///
/// ```
/// request ─► id, trace ─► route ─► guards ─► endpoint ─► 304? ─► gzip ─► id, times ─► log ─► response
///                           │         └────────┴──► any error: a problem document
///                           └► static files, 404, 405, OPTIONS
/// ```
public struct HTTPApplication: RequestHandler {
    /// Looks at a request before its endpoint does, and throws a ``ProblemConvertible`` to refuse it.
    public typealias Guard = @Sendable (Endpoint, RequestContext) throws -> Void

    private let router: Router<Endpoint>
    private let files: StaticFiles?
    private let limits: WebLimits
    private let guards: [Guard]
    private let observe: @Sendable (RequestRecord) -> Void
    private let workers: any Workers
    let log: Logger

    /// - Parameters:
    ///   - endpoints: In the order in which the document lists them.
    ///   - files: What is served where no endpoint is.
    ///   - workers: Where large bodies are parsed.
    ///   - observe: Is told of each answered request.
    /// - Precondition: No two endpoints share a path and a method.
    public init(
        _ endpoints: [Endpoint], info: OpenAPIDocument.Info, files: StaticFiles? = nil, limits: WebLimits = WebLimits(),
        guards: [Guard] = [], workers: any Workers = InPlace(), log: Logger,
        observe: @escaping @Sendable (RequestRecord) -> Void = { _ in }
    ) {
        var router = Router<Endpoint>()
        for endpoint in OpenAPIDocument.endpoints(endpoints, info) {
            router.add(endpoint.method, endpoint.path, endpoint)
        }
        self.router = router
        self.files = files
        self.limits = limits
        self.guards = guards
        self.workers = workers
        self.observe = observe
        self.log = log
    }

    /// Never fails: whatever goes wrong is a problem document.
    public func respond(to request: Request) async -> Response {
        let start = ContinuousClock.now
        let id = RequestID.choose(request.head.headerFields[requestIDField])
        var log = log
        log[metadataKey: "request"] = "\(id)"
        if let trace = TraceContext(parsing: request.head.headerFields[.traceparent]) {
            log[metadataKey: "trace"] = "\(trace.traceID)"
            log[metadataKey: "parent"] = "\(trace.parentID)"
        }
        var (response, route, timings) = await answer(request, id, log)
        response = Compression(above: limits.compressAbove).apply(to: response, for: request.head)
        response.head.headerFields[requestIDField] = id
        if let times = timings?.field, !times.isEmpty { response.head.headerFields[serverTimingField] = times }

        let record = RequestRecord(
            method: request.head.method, route: route?.description, status: response.head.status,
            duration: ContinuousClock.now - start)
        observe(record)
        log.info(
            "\(record.method.rawValue) \(loggable(request.head.path)) \(record.status.code)",
            metadata: ["ms": "\(record.duration.milliseconds)", "peer": "\(request.peer ?? "-")"])
        return response
    }

    private func answer(
        _ request: Request, _ id: String, _ log: Logger
    ) async -> (Response, PathPattern?, Timings?) {
        let method = request.head.method
        if method == .options, request.head.path == "*" {
            return (Self.allowing([.get, .head, .options, .post]), nil, nil)
        }
        let path = request.head.path ?? ""
        guard let target = RequestTarget(path) else {
            return (redirection(path, method) ?? Self.noSuchPath.response(instance: id), nil, nil)
        }
        switch router.match(method, target.segments) {
        case .found(let endpoint, let parameters):
            return await run(endpoint, parameters, target, request, id, log)
        case .otherMethods(let methods):
            if method == .options { return (Self.allowing(methods), nil, nil) }
            return (Self.notAllowed(method, methods).response(instance: id), nil, nil)
        case .none:
            return (await file(target, request.head, id, log), nil, nil)
        }
    }

    private func run(
        _ endpoint: Endpoint, _ parameters: PathParameters, _ target: RequestTarget, _ request: Request, _ id: String,
        _ log: Logger
    ) async -> (Response, PathPattern?, Timings?) {
        var timings: Timings?
        do {
            let context = RequestContext(
                id: id, head: request.head, peer: request.peer, log: log,
                deadline: try RequestContext.deadline(of: request.head), workers: workers)
            timings = context.timings
            for check in guards { try check(endpoint, context) }
            let query = try QueryString(target.query)
            let response = try await endpoint.respond(request, parameters, query, context, limits)
            let known = Self.unlessKnown(response, request.head)
            return (try RangeSelection.apply(to: known, for: request.head), endpoint.path, timings)
        } catch {
            return (Self.response(to: error, id, log), endpoint.path, timings)
        }
    }

    /// Where a folder's page is whose path was written with a slash at its end; `nil` where there is none.
    private func redirection(_ path: String, _ method: HTTPRequest.Method) -> Response? {
        let end = path.firstIndex(of: "?") ?? path.endIndex
        guard method == .get || method == .head, path[..<end].last == "/" else { return nil }
        // What is a target has no empty segment, so that the address cannot be taken for one of another host.
        let plain = String(path[..<end].dropLast()) + path[end...]
        guard let target = RequestTarget(plain), !target.segments.isEmpty, files?.hasPage(of: target.segments) == true
        else { return nil }
        return Response(status: .permanentRedirect, headerFields: [.location: plain, .cacheControl: "no-cache"])
    }

    private func file(_ target: RequestTarget, _ head: HTTPRequest, _ id: String, _ log: Logger) async -> Response {
        guard let files, let file = files.find(target.segments) else { return Self.noSuchPath.response(instance: id) }
        let methods: [HTTPRequest.Method] = [.get, .head, .options]
        guard head.method == .get || head.method == .head else {
            if head.method == .options { return Self.allowing(methods) }
            return Self.notAllowed(head.method, methods).response(instance: id)
        }
        do {
            return try files.response(file, head)
        } catch {
            return Self.response(to: error, id, log)
        }
    }

    /// The path for the log: without the query, which may hold what is nobody's business, and without control characters.
    private func loggable(_ path: String?) -> String {
        String(String.UnicodeScalarView((path ?? "").prefix { $0 != "?" }.unicodeScalars.filter { $0.value > 0x20 }))
    }
}

let requestIDField = fieldName(RequestID.fieldName)
let serverTimingField = fieldName("Server-Timing")
