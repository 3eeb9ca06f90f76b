import HTTP
public import HTTPTypes
import TextNumbers

/// One operation of the interface, declared once: its path and method route the request, its forms validate it, and all
/// of it is the OpenAPI document.
///
/// ```swift
/// let predict = Endpoint(
///     .post, "/v1/models/{model}/predict", "Classify pictures", tag: "Models",
///     body: RequestForm(PredictRequest.form, media: [.json, .multipart(files: "image")]),
///     responds: ResponseForm("The best classes of each input.", [JSONBody(Prediction.schema, document: \.json)]),
///     errors: [.notFound: "No such model."]
/// ) { call in
///     try await models.predict(call.path["model"], call.body)
/// }
/// ```
public struct Endpoint: Sendable {
    /// With the path, what a request must have to come here.
    public let method: HTTPRequest.Method
    /// With the method, what a request must have to come here.
    public let path: PathPattern
    /// What its documentation tells.
    public private(set) var description: EndpointDescription
    let respond: @Sendable (Request, PathParameters, QueryString, RequestContext, WebLimits) async throws -> Response

    /// - Parameters:
    ///   - summary: What it does, in a line.
    ///   - details: As much as there is to say, in Markdown.
    ///   - tag: The group it is listed under.
    ///   - query: A form of an object: the parameters of the query. Others are a 400.
    ///   - body: What is taken as the body; `.none` looks at none.
    ///   - errors: What can go wrong beyond what goes wrong everywhere.
    ///   - handler: Gives the value to be written; throws a ``ProblemConvertible``.
    public init<Query: Sendable, Body: Sendable, Output: Sendable>(
        _ method: HTTPRequest.Method, _ path: PathPattern, _ summary: String, details: String = "", tag: String,
        query: Form<Query>, body: RequestForm<Body>,
        responds: ResponseForm<Output>, errors: [HTTPResponse.Status: String] = [:],
        handler: @escaping @Sendable (Call<Query, Body>) async throws -> Output
    ) {
        self.method = method
        self.path = path
        let takesBody = !body.media.isEmpty
        description = EndpointDescription(
            summary: summary, details: details, tag: tag, query: query.schema,
            request: takesBody ? EndpointDescription.Request(body) : nil,
            response: EndpointDescription.Response(responds), errors: errors)
        respond = { request, parameters, queryString, context, limits in
            // What cannot be answered is not computed.
            let encoder = try responds.negotiate(accept: request.head.headerFields[.accept])
            context.mediaType = encoder.mediaType
            let (query, payload) = try await context.timings.measure(.decode) {
                var rest = queryString
                let document = takesBody ? try rest.take(RequestDecoder.documentName) : nil
                let values = try query.read(rest)
                return (
                    values,
                    takesBody
                        ? try await body.payload(of: request, document, limits, context.workers) : RequestPayload()
                )
            }
            let call = Call(
                path: parameters, query: query, body: try body.form.read(payload.document), payload: payload,
                context: context)
            let output = try await handler(call)
            let written = try await context.timings.measure(.encode) {
                try await encoder.encode(output, context)
            }
            var fields = context.responseFields
            fields[.contentType] = encoder.mediaType.description
            if responds.encoders.count > 1 { fields[.vary] = "Accept" }
            return HTTP.Response(
                status: context.responseStatus ?? responds.status, headerFields: fields, body: written)
        }
    }

    /// The same, documented as one whose answers carry an `ETag`, which its handler sets.
    public func cached(_ caching: EndpointDescription.Caching) -> Endpoint {
        var copy = self
        copy.description.caching = caching
        return copy
    }
}

extension RequestForm {
    fileprivate func payload(
        of request: Request, _ document: String?, _ limits: WebLimits, _ workers: any Workers
    ) async throws -> RequestPayload {
        let decoder = RequestDecoder(
            accepted: media.map(\.mediaType), limit: min(limit ?? limits.body, limits.body), maximumParts: limits.parts,
            isOptional: isOptional, workers: workers)
        return try await decoder.decode(request, parameter: document)
    }
}
