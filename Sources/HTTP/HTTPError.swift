public import HTTPTypes

/// What a peer did wrong at the level of HTTP: a status to answer with and a sentence that says why.
public struct HTTPError: Error, Sendable, Equatable {
    /// What to answer with.
    public var status: HTTPResponse.Status
    /// One sentence for the client: what was wrong and what was expected.
    public var detail: String

    /// An error of a status and one sentence.
    public init(_ status: HTTPResponse.Status, _ detail: String) {
        self.status = status
        self.detail = detail
    }
}
