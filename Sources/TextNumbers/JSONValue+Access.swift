extension JSONValue {
    /// The member of that name; `nil` when there is none, or when this is no object.
    public subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// The element at that place; `nil` when there is none, or when this is no array.
    public subscript(_ index: Int) -> JSONValue? {
        switch self {
        case .numbers(let numbers) where numbers.indices.contains(index): Self.unpacked(numbers[index])
        case .array(let elements) where elements.indices.contains(index): elements[index]
        default: nil
        }
    }

    /// Of a string only.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// Of `true` and `false` only.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// Of an integer only: `5.0` and `5e0` are none.
    public var int: Int? { if case .integer(let value) = self { Int(exactly: value) } else { nil } }

    /// Of any number.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The elements. Of packed numbers, those that are whole and exact in float64 come out as integers: packing has
    /// forgotten whether `2` or `2.0` was written.
    public var array: [JSONValue]? {
        switch self {
        case .numbers(let numbers): numbers.map(Self.unpacked)
        case .array(let elements): elements
        default: nil
        }
    }

    /// How many elements an array has, without expanding them.
    public var count: Int? {
        switch self {
        case .numbers(let numbers): numbers.count
        case .array(let elements): elements.count
        default: nil
        }
    }

    /// The elements of an array of numbers, or of an empty array.
    public var doubles: [Double]? {
        switch self {
        case .numbers(let numbers): numbers
        case .array(let elements) where elements.isEmpty: []
        default: nil
        }
    }

    /// The members of an object, in their order.
    public var object: [JSONMember]? { if case .object(let members) = self { members } else { nil } }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    private static func unpacked(_ value: Double) -> JSONValue {
        if let integer = value.exactInteger { .integer(integer) } else { .number(value) }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// Makes a string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Makes an integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// Makes a number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// Makes `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Makes `null`.
    public init(nilLiteral: ()) { self = .null }

    /// Packs numbers, as reading does.
    public init(arrayLiteral elements: JSONValue...) { self = JSONValue.list(elements) }

    /// Keeps the order of the members.
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(members.map { JSONMember($0.0, $0.1) })
    }

    /// An array of `elements`, in the form that reading its text would give.
    public static func list(_ elements: [JSONValue]) -> JSONValue {
        let numbers = elements.compactMap(\.double)
        return numbers.count == elements.count && !elements.isEmpty ? .numbers(numbers) : .array(elements)
    }

    /// An array of whole numbers.
    public static func integers(_ numbers: [Int]) -> JSONValue { .list(numbers.map { .integer(Int64($0)) }) }

    /// An array of strings.
    public static func strings(_ words: [String]) -> JSONValue { .array(words.map { .string($0) }) }

    /// A number in as few digits as float32 needs; `null` where it is not finite.
    public static func float(_ value: Double) -> JSONValue {
        value.isFinite ? .number(Double("\(Float(value))") ?? value) : .null
    }

    /// A string; `null` where there is none.
    public init(orNull text: String?) { self = text.map { .string($0) } ?? .null }

    /// A whole number; `null` where there is none.
    public init(orNull number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }
}

extension Double {
    /// The integer that this is, up to 2^53, beyond which a float64 no longer tells its neighbours apart. Minus zero
    /// is none.
    var exactInteger: Int64? {
        guard magnitude <= 0x1p53, self != 0 || sign == .plus else { return nil }
        let integer = Int64(self)  // towards zero
        return Double(integer) == self ? integer : nil
    }
}
