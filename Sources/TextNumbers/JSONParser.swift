// A strict reader of RFC 8259 (https://www.rfc-editor.org/rfc/rfc8259): one pass, recursion bounded by depth,
// memory bounded by a count of values, every refusal with the byte's position.

extension JSONValue {
    /// What to do when an object has the same key twice.
    public enum DuplicateKeys: Sendable {
        case refused
        /// The later member replaces the earlier one, in the earlier one's place.
        case lastWins
    }

    /// Reads one JSON document that fills `bytes` from end to end.
    ///
    /// Numbers must fit float64, strings must be UTF-8 without lone surrogates. Keys are compared as Swift compares
    /// strings, so two spellings of one accented letter are the same key.
    ///
    /// - Parameters:
    ///   - maximumDepth: how deep arrays and objects may nest.
    ///   - maximumValues: how many values the document may hold. A packed array of numbers counts as one value: the
    ///     limit is for what costs far more memory than its text, such as a million empty arrays.
    /// - Throws: ``JSONError`` at the first byte that cannot stand where it stands.
    public static func parse(
        _ bytes: [UInt8], maximumDepth: Int = 64, maximumValues: Int = 1 << 21,
        duplicateKeys: DuplicateKeys = .refused
    ) throws(JSONError) -> JSONValue {
        var parser = JSONParser(
            bytes: bytes, maximumDepth: maximumDepth, maximumValues: maximumValues, duplicateKeys: duplicateKeys)
        return try parser.document()
    }
}

struct JSONParser {
    let bytes: [UInt8]
    let maximumDepth: Int
    let maximumValues: Int
    let duplicateKeys: JSONValue.DuplicateKeys
    var at = 0
    var values = 0

    init(bytes: [UInt8], maximumDepth: Int, maximumValues: Int, duplicateKeys: JSONValue.DuplicateKeys) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        self.maximumValues = maximumValues
        self.duplicateKeys = duplicateKeys
    }

    mutating func document() throws(JSONError) -> JSONValue {
        let value = try value(depth: 0)
        skipSpace()
        if at < bytes.count { throw fail("the document has ended, and this byte follows it") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipSpace()
        values += 1
        if values > maximumValues { throw fail("more than \(maximumValues) values in one document") }
        switch peek {
        case nil: throw fail("the text ends where a value was expected")
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case let byte? where Self.startsNumber(byte): return try scalar()
        default: throw fail("expected a value")
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        try open(depth)
        var members = ObjectMembers(duplicateKeys)
        if closes(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipSpace()
            let place = at
            guard peek == UInt8(ascii: "\"") else { throw fail("expected a key in double quotes") }
            let key = try string()
            skipSpace()
            guard peek == UInt8(ascii: ":") else { throw fail("expected ':' after a key") }
            at += 1
            let value = try value(depth: depth)
            guard members.append(key, value) else {
                throw JSONError(position: place, reason: "the key \"\(key)\" stands twice in one object")
            }
            if closes(UInt8(ascii: "}")) { return .object(members.list) }
            guard peek == UInt8(ascii: ",") else { throw fail("expected ',' or '}' in an object") }
            at += 1
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        try open(depth)
        if closes(UInt8(ascii: "]")) { return .array([]) }
        let start = at
        if let byte = peek, Self.startsNumber(byte), let packed = try numbers() { return .numbers(packed) }
        // Not numbers alone: what had been read of it is read again as values, once.
        at = start
        var elements: [JSONValue] = []
        while true {
            elements.append(try value(depth: depth))
            if closes(UInt8(ascii: "]")) { return .array(elements) }
            guard peek == UInt8(ascii: ",") else { throw fail("expected ',' or ']' in an array") }
            at += 1
        }
    }

    /// Reads numbers up to and with the closing bracket; `nil` when something that is no number turns up.
    private mutating func numbers() throws(JSONError) -> [Double]? {
        guard let (packed, end) = try numbers(from: at) else { return nil }
        at = end
        return packed
    }

    private func numbers(from start: Int) throws(JSONError) -> ([Double], end: Int)? {
        let text = bytes.span
        var packed: [Double] = []
        var i = start
        while true {
            packed.append(try JSONNumber.scan(text, &i).value)
            Self.skipSpace(text, &i)
            guard i < text.count else { break }
            if text[i] == UInt8(ascii: "]") { return (packed, i + 1) }
            guard text[i] == UInt8(ascii: ",") else { break }
            i += 1
            Self.skipSpace(text, &i)
            guard i < text.count, Self.startsNumber(text[i]) else { break }
        }
        return nil
    }

    private mutating func scalar() throws(JSONError) -> JSONValue {
        var end = at
        let number = try JSONNumber.scan(bytes.span, &end)
        at = end
        if let integer = number.integer { return .integer(integer) }
        return .number(number.value)
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for expected in word.description.utf8 {
            guard peek == expected else { throw fail("expected \(word)") }
            at += 1
        }
        return value
    }

    // MARK: Bytes

    private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

    func fail(_ reason: String) -> JSONError { JSONError(position: at, reason: reason) }

    private mutating func open(_ depth: Int) throws(JSONError) {
        if depth > maximumDepth { throw fail("nested deeper than \(maximumDepth) levels") }
        at += 1
    }

    private mutating func closes(_ bracket: UInt8) -> Bool {
        skipSpace()
        guard peek == bracket else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        var end = at
        Self.skipSpace(bytes.span, &end)
        at = end
    }

    private static func skipSpace(_ text: Span<UInt8>, _ i: inout Int) {
        while i < text.count, text[i] == 0x20 || text[i] == 0x0A || text[i] == 0x0D || text[i] == 0x09 { i += 1 }
    }

    private static func startsNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }
}

/// Members in order, with duplicates found in constant time once there are many.
private struct ObjectMembers {
    var list: [JSONMember] = []
    private let duplicates: JSONValue.DuplicateKeys
    private var places: [String: Int] = [:]

    init(_ duplicates: JSONValue.DuplicateKeys) { self.duplicates = duplicates }

    /// `false` when the key is there already and may not be.
    mutating func append(_ key: String, _ value: JSONValue) -> Bool {
        if let place = place(of: key) {
            guard duplicates == .lastWins else { return false }
            list[place].value = value
            return true
        }
        list.append(JSONMember(key, value))
        if list.count == 16 {
            for (index, member) in list.enumerated() { places[member.key] = index }
        } else if list.count > 16 {
            places[key] = list.count - 1
        }
        return true
    }

    private func place(of key: String) -> Int? {
        list.count < 16 ? list.firstIndex { $0.key == key } : places[key]
    }
}
