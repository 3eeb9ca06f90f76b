/// A place in a JSON document (RFC 6901): `/inputs/0/image`.
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    /// Keys and indices, not escaped.
    public var tokens: [String]

    /// A place of these keys and indices.
    public init(_ tokens: [String] = []) { self.tokens = tokens }

    /// The whole document.
    public static var root: JSONPointer { JSONPointer() }

    /// The member of that name here.
    public subscript(_ key: String) -> JSONPointer { JSONPointer(tokens + [key]) }
    /// The element of that index here.
    public subscript(_ index: Int) -> JSONPointer { self[String(index)] }

    /// The pointer's text, escaped.
    public var description: String {
        tokens.map { token in
            "/" + token.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
        }.joined()
    }
}
