import TextNumbers

extension PickleDocument {
    /// Beyond these, what lies beside the tensors is no configuration.
    static let maximumDepthOfJSON = 32
    static let maximumValuesOfJSON = 1 << 18

    /// Everything but tensors, arrays and bytes as a JSON object: configurations, settings, counters. Members that hold
    /// nothing else are left out. Tuples and sets become arrays; configurations, objects of their fields; numbers that
    /// are not finite, `null`.
    /// - Throws: what is too much, as the sentence's object: `more than … values`.
    func json() throws(JSONRefusal) -> JSONValue {
        var writer = JSONMaker(document: self)
        return try writer.value(root, depth: 0) ?? .object([])
    }

    struct JSONRefusal: Error {
        let problem: String
    }
}

private struct JSONMaker {
    let document: PickleDocument
    private var left = PickleDocument.maximumValuesOfJSON

    init(document: PickleDocument) { self.document = document }

    /// `nil` for what JSON does not hold.
    mutating func value(_ value: PickleValue, depth: Int) throws(PickleDocument.JSONRefusal) -> JSONValue? {
        if left == 0 {
            throw PickleDocument.JSONRefusal(
                problem: "holds more than \(PickleDocument.maximumValuesOfJSON) values beside its tensors")
        }
        left -= 1
        switch value {
        case .none: return .null
        case .bool(let flag): return .bool(flag)
        case .integer(let number): return .integer(Int64(number))
        case .largeInteger(let bytes): return .number(JSONMaker.rounded(bytes))
        case .float(let number): return number.isFinite ? .number(number) : .null
        case .text(let text): return .string(text)
        case .bytes: return nil
        case .global(let global): return .string(global.name)
        case .object(let index):
            if depth == PickleDocument.maximumDepthOfJSON {
                throw PickleDocument.JSONRefusal(
                    problem: "nests values deeper than \(PickleDocument.maximumDepthOfJSON)")
            }
            return try object(index, depth: depth + 1)
        }
    }

    private mutating func object(_ index: Int, depth: Int) throws(PickleDocument.JSONRefusal) -> JSONValue? {
        switch document.objects[index] {
        case .list(let elements), .tuple(let elements), .set(let elements):
            var values: [JSONValue] = []
            for element in elements { values.append(try value(element, depth: depth) ?? .null) }
            return .list(values)
        case .dictionary: return try members(of: .object(index), depth: depth)
        case .record(_, let fields): return try members(of: fields, depth: depth)
        case .storage, .tensor, .numpyType, .numpyArray: return nil
        }
    }

    private mutating func members(
        of dictionary: PickleValue, depth: Int
    ) throws(PickleDocument.JSONRefusal) -> JSONValue? {
        let members = document.members(dictionary) ?? []
        var fields: [JSONMember] = []
        for (key, member) in members {
            guard let value = try value(member, depth: depth) else { continue }
            fields.append(JSONMember(key.name, value))
        }
        return fields.isEmpty && !members.isEmpty ? nil : .object(fields)
    }

    /// Two's complement, little-endian.
    private static func rounded(_ bytes: [UInt8]) -> Double {
        let isNegative = bytes.last.map { $0 & 0x80 != 0 } ?? false
        let magnitude = bytes.reversed().reduce(0.0) { $0 * 256 + Double(isNegative ? ~$1 : $1) }
        let number = isNegative ? -magnitude - 1 : magnitude
        return number.isFinite ? number : 0
    }
}
