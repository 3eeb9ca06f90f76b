/// What a handler gets: the request, read and checked.
public struct Call<Query: Sendable, Body: Sendable>: Sendable {
    public let path: PathParameters
    public let query: Query
    /// The JSON document, by the endpoint's form.
    public let body: Body
    /// What came beside the document: pictures, tensors.
    public let payload: RequestPayload
    public let context: RequestContext
}
