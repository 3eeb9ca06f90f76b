public import HTTP
public import TextNumbers

/// The body of a request, taken apart by its media type.
public struct RequestPayload: Sendable {
    /// A file of a multipart body.
    public struct Part: Sendable {
        /// The form field, for example `image`.
        public var name: String
        /// A label that the client gave; never a path.
        public var filename: String?
        /// What the client says it is.
        public var mediaType: MediaType?
        /// Its content.
        public var bytes: [UInt8]

        /// A part made by hand, for tests.
        public init(name: String, filename: String? = nil, mediaType: MediaType? = nil, bytes: [UInt8]) {
            self.name = name
            self.filename = filename
            self.mediaType = mediaType
            self.bytes = bytes
        }
    }

    /// The JSON: the body itself, the part `request`, or the parameter `request` of the query. An empty object where
    /// there is none.
    public var document: JSONValue
    /// A body that is neither JSON nor multipart: a picture, tensors.
    public var content: (mediaType: MediaType, bytes: [UInt8])?
    /// The parts of a multipart body but `request`, in their order. Names may repeat.
    public var parts: [Part]

    /// A payload made by hand, for tests.
    public init(
        document: JSONValue = .object([]), content: (mediaType: MediaType, bytes: [UInt8])? = nil, parts: [Part] = []
    ) {
        self.document = document
        self.content = content
        self.parts = parts
    }

    /// All parts of that name, in their order.
    public func parts(named name: String) -> [Part] { parts.filter { $0.name == name } }

    /// The one part of that name, which a document refers to.
    /// - Throws: The field's error, with the nearest names, when there is none or more than one.
    public func part(named name: String, referredFrom place: JSONPointer) throws(FieldError) -> Part {
        let found = parts(named: name)
        if let part = found.first, found.count == 1 { return part }
        guard found.isEmpty else {
            throw FieldError(
                .pointer(place), "\(found.count) parts of the body are named \(quoted(name)); expected one")
        }
        let names = Set(parts.map(\.name)).sorted()
        let known = names.isEmpty ? "the body has no parts" : "its parts are \(enumeration(names.map(quoted), "and"))"
        let hint = Suggestions.sentence(for: name, in: names) ?? known
        throw FieldError(.pointer(place), "no part of the body is named \(quoted(name)); \(hint)")
    }
}
