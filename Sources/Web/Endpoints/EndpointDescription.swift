public import HTTP
public import HTTPTypes
public import TextNumbers

/// An endpoint as its documentation tells it.
public struct EndpointDescription: Sendable {
    /// A media type, and what stands in it.
    public struct Medium: Sendable {
        public var mediaType: MediaType
        /// `nil` for bytes.
        public var schema: Schema?
        public var example: JSONValue?
    }

    public struct Request: Sendable {
        public var media: [Medium]
        public var isRequired: Bool
        /// Whether some medium leaves no room for the document, which then stands in the query.
        public var takesDocumentInQuery: Bool
        /// Of the JSON document.
        public var schema: Schema
    }

    public struct Response: Sendable {
        public var status: HTTPResponse.Status
        public var summary: String
        public var media: [Medium]
    }

    public var summary: String
    public var details: String
    public var tag: String
    /// An object whose members are the parameters.
    public var query: Schema
    public var request: Request?
    public var response: Response
    public var errors: [HTTPResponse.Status: String]
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
