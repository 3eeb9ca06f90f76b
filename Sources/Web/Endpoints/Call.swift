/// What a handler gets: the request, read and checked.
public struct Call<Query: Sendable, Body: Sendable>: Sendable {
    /// What stood for the names of the path.
    public let path: PathParameters
    /// The parameters of the query, by the endpoint's form.
    public let query: Query
    /// The JSON document, by the endpoint's form.
    public let body: Body
    /// What came beside the document: pictures, tensors.
    public let payload: RequestPayload
    /// The request's id, log, times and deadline.
    public let context: RequestContext
}
