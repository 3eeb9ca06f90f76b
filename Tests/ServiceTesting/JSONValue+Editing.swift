public import TextNumbers

extension JSONValue {
    /// This object with a member replaced or added; removed for `nil`. - Precondition: an object.
    public func setting(_ key: String, to value: JSONValue?) -> JSONValue {
        guard case .object(var members) = self else { preconditionFailure("members are set on objects") }
        let place = members.firstIndex { $0.key == key }
        switch (place, value) {
        case (let place?, let value?): members[place].value = value
        case (let place?, nil): members.remove(at: place)
        case (nil, let value?): members.append(JSONMember(key, value))
        case (nil, nil): break
        }
        return .object(members)
    }

    /// What stands at a path of keys.
    public func at(_ path: String...) -> JSONValue? {
        path.reduce(self as JSONValue?) { value, key in value?[key] }
    }

    /// The members' names, in order; none of what is no object.
    public var keys: [String] { (object ?? []).map(\.key) }
}
