/// A JSON document in memory. Objects keep the order of their members; arrays that hold only numbers are
/// kept packed, so that a tensor of a million elements costs eight bytes an element.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// A number without fraction or exponent that fits 64 bits.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    case string(String)
    /// An array with at least one element, all of them numbers, as float64.
    case numbers([Double])
    /// Any other array.
    case array([JSONValue])
    case object([JSONMember])
}

/// One `"key": value` of an object.
public struct JSONMember: Sendable, Equatable {
    /// The name, its escapes resolved.
    public var key: String
    /// What stands behind the colon.
    public var value: JSONValue

    /// Makes a member out of both.
    public init(_ key: String, _ value: JSONValue) {
        self.key = key
        self.value = value
    }
}

/// Why a text is not the JSON we accept, and where.
public struct JSONError: Error, Sendable, Equatable {
    /// The offset in bytes of the first byte that cannot stand where it stands.
    public var position: Int
    /// What was wrong there or what was expected, without a full stop.
    public var reason: String

    /// Makes an error out of both.
    public init(position: Int, reason: String) {
        self.position = position
        self.reason = reason
    }
}
