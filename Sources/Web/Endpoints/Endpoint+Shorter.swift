public import HTTPTypes

// The same without what an operation does not take.

extension Endpoint {
    /// An operation with a body and no parameters of the query.
    public init<Body: Sendable, Output: Sendable>(
        _ method: HTTPRequest.Method, _ path: PathPattern, _ summary: String, details: String = "", tag: String,
        body: RequestForm<Body>, responds: ResponseForm<Output>, errors: [HTTPResponse.Status: String] = [:],
        handler: @escaping @Sendable (Call<Void, Body>) async throws -> Output
    ) {
        self.init(
            method, path, summary, details: details, tag: tag, query: .noFields, body: body, responds: responds,
            errors: errors, handler: handler)
    }

    /// An operation with parameters of the query and no body.
    public init<Query: Sendable, Output: Sendable>(
        _ method: HTTPRequest.Method, _ path: PathPattern, _ summary: String, details: String = "", tag: String,
        query: Form<Query>, responds: ResponseForm<Output>, errors: [HTTPResponse.Status: String] = [:],
        handler: @escaping @Sendable (Call<Query, Void>) async throws -> Output
    ) {
        self.init(
            method, path, summary, details: details, tag: tag, query: query, body: .none, responds: responds,
            errors: errors, handler: handler)
    }

    /// An operation with neither.
    public init<Output: Sendable>(
        _ method: HTTPRequest.Method, _ path: PathPattern, _ summary: String, details: String = "", tag: String,
        responds: ResponseForm<Output>, errors: [HTTPResponse.Status: String] = [:],
        handler: @escaping @Sendable (Call<Void, Void>) async throws -> Output
    ) {
        self.init(
            method, path, summary, details: details, tag: tag, query: .noFields, body: .none, responds: responds,
            errors: errors, handler: handler)
    }
}
