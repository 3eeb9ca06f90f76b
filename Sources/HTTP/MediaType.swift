/// A media type with its parameters (RFC 9110, 8.3.1), for example `multipart/form-data; boundary=x`.
public struct MediaType: Sendable, Hashable, CustomStringConvertible {
    /// Lower case.
    public let type: String
    /// Lower case.
    public let subtype: String
    /// In the order given; names in lower case, values as they are, without quotes.
    public let parameters: [Parameter]

    /// One `name=value`.
    public struct Parameter: Sendable, Hashable {
        /// Lower case.
        public let name: String
        /// Without quotes and escapes.
        public let value: String
    }

    /// A type from our own code.
    /// - Precondition: Both are tokens.
    public init(_ type: String, _ subtype: String) {
        precondition(type.isToken && subtype.isToken, "\(type)/\(subtype) is not a media type")
        self.type = type.lowercased()
        self.subtype = subtype.lowercased()
        self.parameters = []
    }

    /// A type from outside; `nil` when it is malformed.
    public init?(parsing text: String) {
        guard let list = ParameterList(parsing: text) else { return nil }
        let parts = list.value.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].isToken, parts[1].isToken else { return nil }
        self.type = parts[0].lowercased()
        self.subtype = parts[1].lowercased()
        self.parameters = list.parameters.map { Parameter(name: $0.name, value: $0.value) }
    }

    /// The value of the first parameter of that name (in lower case).
    public subscript(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// `type/subtype` without the parameters.
    public var essence: String { "\(type)/\(subtype)" }

    /// As it stands in a field, values quoted where they have to be.
    public var description: String {
        parameters.reduce(essence) { text, parameter in
            guard !parameter.value.isToken else { return text + "; \(parameter.name)=\(parameter.value)" }
            let escaped = parameter.value.reduce(into: "") { value, character in
                if character == "\"" || character == "\\" { value.append("\\") }
                value.append(character)
            }
            return text + "; \(parameter.name)=\"\(escaped)\""
        }
    }
}
