public import HTTP
public import TextNumbers

/// What an endpoint takes as its body: a JSON document of one form, and perhaps other media types beside it.
public struct RequestForm<Value: Sendable>: Sendable {
    /// A way to send the body.
    public enum Medium: Sendable, Equatable {
        /// `application/json`.
        case json
        /// `multipart/form-data`: files, and the document as the part `request`.
        case multipart(files: String)
        /// These bytes, and the document in `?request=`.
        case raw(MediaType)

        var mediaType: MediaType {
            switch self {
            case .json: MediaType("application", "json")
            case .multipart: MediaType("multipart", "form-data")
            case .raw(let type): type
            }
        }
    }

    /// Of the document.
    public let form: Form<Value>
    /// What is taken; the first is what the documentation shows first.
    public let media: [Medium]
    /// A document that the form reads.
    public let example: JSONValue?
    /// Bytes; `nil` for the application's own limit.
    public let limit: Int?
    /// Whether no body stands for an empty object.
    public let isOptional: Bool

    /// - Parameter example: a document that the form reads; shown in the OpenAPI document.
    public init(
        _ form: Form<Value>, media: [Medium] = [.json], example: JSONValue? = nil, limit: Int? = nil,
        isOptional: Bool = false
    ) {
        precondition(!media.isEmpty, "a body has a media type")
        if let example {
            var errors: [FieldError] = []
            _ = form.read(example, &errors)
            precondition(errors.isEmpty, "the example is not what the form reads: \(errors)")
        }
        self.form = form
        self.media = media
        self.example = example
        self.limit = limit
        self.isOptional = isOptional
    }
}

extension RequestForm where Value == Void {
    /// No body is looked at.
    public static var none: RequestForm { RequestForm() }

    private init() {
        form = .noFields
        media = []
        example = nil
        limit = nil
        isOptional = true
    }
}
