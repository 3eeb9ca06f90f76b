/// The path of an endpoint: `/v1/models/{model}/hooks`. What stands in braces takes one segment that is a name.
public struct PathPattern: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    enum Segment: Sendable, Hashable {
        case literal(String)
        case parameter(String)
    }

    let segments: [Segment]

    /// - Precondition: `text` begins with `/`, has no empty segment but the whole being `/`, and no name twice.
    public init(_ text: String) {
        precondition(text.hasPrefix("/"), "a path begins with /: \(text)")
        let parts = text == "/" ? [] : text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        segments = parts.map { part in
            precondition(!part.isEmpty, "an empty segment in \(text)")
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            return .parameter(String(part.dropFirst().dropLast()))
        }
        let names = parameterNames
        precondition(Set(names).count == names.count, "a name stands twice in \(text)")
    }

    /// The same from a literal.
    public init(stringLiteral text: String) { self.init(text) }

    /// The names in braces, from left to right.
    public var parameterNames: [String] {
        segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }

    /// The text it was made of.
    public var description: String {
        segments.isEmpty
            ? "/"
            : segments.map { segment in
                switch segment {
                case .literal(let text): "/\(text)"
                case .parameter(let name): "/{\(name)}"
                }
            }.joined()
    }

    /// What may stand for a parameter: the ids of models, hooks and all else, `[A-Za-z0-9._@-]{1,128}`.
    static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }

    /// The same as a regular expression, for the OpenAPI document.
    static let nameExpression = "^[A-Za-z0-9._@-]{1,128}$"
}
