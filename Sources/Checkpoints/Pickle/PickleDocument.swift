/// What a pickle holds: a table of objects and the value on top.
struct PickleDocument: Sendable {
    var objects: [PickleObject] = []
    var root = PickleValue.none

    /// What a value refers to; `nil` where it is a plain one.
    func object(_ value: PickleValue) -> PickleObject? {
        guard case .object(let index) = value else { return nil }
        return objects[index]
    }

    /// The elements of a tuple or a list.
    func elements(_ value: PickleValue) -> [PickleValue]? {
        switch object(value) {
        case .list(let elements), .tuple(let elements): elements
        default: nil
        }
    }

    /// The keys and values of a dictionary, in the order in which the keys came first. The last value of a key counts.
    func members(_ value: PickleValue) -> [(key: PickleKey, value: PickleValue)]? {
        guard case .dictionary(let dictionary) = object(value) else { return nil }
        let pairs = dictionary.keysAndValues
        var members: [(key: PickleKey, value: PickleValue)] = []
        members.reserveCapacity(pairs.count / 2)
        var placeOfKey: [PickleKey: Int] = [:]
        for index in stride(from: 0, to: pairs.count, by: 2) {
            guard let key = PickleKey(pairs[index]) else { continue }
            if let place = placeOfKey[key] {
                members[place].value = pairs[index + 1]
            } else {
                placeOfKey[key] = members.count
                members.append((key, pairs[index + 1]))
            }
        }
        return members
    }

    /// The value of a text key.
    func member(_ name: String, of value: PickleValue) -> PickleValue? {
        members(value)?.first { $0.key == .text(name) }?.value
    }

    /// What a value is, for error messages.
    func kind(of value: PickleValue) -> String {
        switch value {
        case .none: "None"
        case .bool: "a bool"
        case .integer(let number): "the integer \(number)"
        case .largeInteger: "an integer beyond 64 bits"
        case .float: "a float"
        case .text(let text): "the text \(text.shown)"
        case .bytes: "bytes"
        case .global(let global): global.name
        case .object(let index): objects[index].kind
        }
    }
}

/// A key of a dictionary: text, or a whole number. Others (tuples, None, …) are read and left aside.
enum PickleKey: Hashable, Sendable {
    case text(String)
    case integer(Int)

    init?(_ value: PickleValue) {
        switch value {
        case .text(let text): self = .text(text)
        case .integer(let number): self = .integer(number)
        default: return nil
        }
    }

    /// As it stands in the name of a tensor or of a field.
    var name: String {
        switch self {
        case .text(let text): text
        case .integer(let number): "\(number)"
        }
    }
}

extension PickleObject {
    /// What it is, for error messages.
    var kind: String {
        switch self {
        case .list: "a list"
        case .tuple: "a tuple"
        case .set: "a set"
        case .dictionary: "a dictionary"
        case .record(let name, _): "a \(name)"
        case .storage: "a storage"
        case .tensor: "a tensor"
        case .numpyType: "a numpy type"
        case .numpyArray: "a numpy array"
        }
    }
}
