public import HTTP
public import HTTPTypes
public import TextNumbers

/// An endpoint as its documentation tells it.
public struct EndpointDescription: Sendable {
    /// A media type, and what stands in it.
    public struct Medium: Sendable {
        /// Its name.
        public var mediaType: MediaType
        /// `nil` for bytes.
        public var schema: Schema?
        /// A document of the schema.
        public var example: JSONValue?
    }

    /// What it takes as a body.
    public struct Request: Sendable {
        /// The media types, the default first.
        public var media: [Medium]
        /// Whether a request without a body is refused.
        public var isRequired: Bool
        /// Whether some medium leaves no room for the document, which then stands in the query.
        public var takesDocumentInQuery: Bool
        /// Of the JSON document.
        public var schema: Schema
    }

    /// What it answers when all is well.
    public struct Response: Sendable {
        /// Of that answer.
        public var status: HTTPResponse.Status
        /// A line about it.
        public var summary: String
        /// The media types, the default first.
        public var media: [Medium]
    }

    /// A line about it.
    public var summary: String
    /// As much as there is to say, in Markdown.
    public var details: String
    /// The group it is listed under.
    public var tag: String
    /// An object whose members are the parameters.
    public var query: Schema
    /// `nil` for an operation without a body.
    public var request: Request?
    /// When all is well.
    public var response: Response
    /// What can go wrong here beyond what goes wrong everywhere.
    public var errors: [HTTPResponse.Status: String]
    /// What a client may do to fetch less than all.
    public var caching = Caching.none
}

extension EndpointDescription {
    /// Whether an answer carries a tag that a client may ask by, and whether it can be had in parts.
    public enum Caching: Sendable {
        case none
        /// `ETag`; `If-None-Match` gives 304.
        case tagged
        /// And, where the answer says `Accept-Ranges`, `Range` gives 206 or 416.
        case inParts
    }
}

extension EndpointDescription.Request {
    init<Value>(_ form: RequestForm<Value>) {
        schema = form.form.schema
        isRequired = !form.isOptional
        takesDocumentInQuery = form.media.contains { if case .raw = $0 { true } else { false } }
        media = form.media.map { medium in
            switch medium {
            case .json:
                EndpointDescription.Medium(mediaType: medium.mediaType, schema: form.form.schema, example: form.example)
            case .multipart(let files):
                EndpointDescription.Medium(
                    mediaType: medium.mediaType,
                    schema: .object(properties: [
                        Schema.Property(files, .list(.string.described("A file.")), isRequired: false),
                        Schema.Property(RequestDecoder.documentName, form.form.schema, isRequired: false),
                    ]))
            case .raw: EndpointDescription.Medium(mediaType: medium.mediaType)
            }
        }
    }
}

extension EndpointDescription.Response {
    init<Value>(_ form: ResponseForm<Value>) {
        status = form.status
        summary = form.summary
        media = form.encoders.map { encoder in
            EndpointDescription.Medium(mediaType: encoder.mediaType, schema: encoder.schema, example: encoder.example)
        }
    }
}
