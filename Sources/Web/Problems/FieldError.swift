import TextNumbers

/// What is wrong with one field of a request.
public struct FieldError: Error, Sendable, Equatable {
    /// Where the field stands.
    public enum Place: Sendable, Equatable {
        /// In the JSON document; a JSON pointer (RFC 6901).
        case pointer(JSONPointer)
        /// A parameter of the query.
        case parameter(String)
    }

    /// Where the field stands.
    public var place: Place
    /// What was wrong and what was expected.
    public var detail: String

    /// Makes an error out of both.
    public init(_ place: Place, _ detail: String) {
        self.place = place
        self.detail = detail
    }

    var json: JSONValue {
        switch place {
        case .pointer(let pointer): ["pointer": .string(pointer.description), "detail": .string(detail)]
        case .parameter(let name): ["parameter": .string(name), "detail": .string(detail)]
        }
    }

    /// The place in words, for a sentence.
    var placeText: String {
        switch place {
        case .pointer(let pointer): pointer.tokens.isEmpty ? "the document" : pointer.description
        case .parameter(let name): "the parameter \(quoted(name))"
        }
    }
}
