public import TextNumbers

// The words of every refusal stand here.

extension Schema {
    /// Everything in `value` that is not as the schema says.
    public func mismatches(in value: JSONValue, at place: JSONPointer = .root) -> [FieldError] {
        switch kind {
        case .any: []
        case .list(let element, let count): listMismatches(value, element, count, place)
        case .object(let properties): objectMismatches(value, properties, place)
        case .map(let element):
            if let members = value.object {
                members.flatMap { element.mismatches(in: $0.value, at: place[$0.key]) }
            } else {
                [refusal(of: value, at: place)]
            }
        case .either(let schemas): eitherMismatches(value, schemas, place)
        default: fits(value) ? [] : [refusal(of: value, at: place)]
        }
    }

    /// For kinds without parts: whether `value` is one.
    private func fits(_ value: JSONValue) -> Bool {
        switch kind {
        case .null: value.isNull
        case .boolean: value.bool != nil
        case .integer(let range): value.int.map { range?.contains($0) ?? true } ?? false
        case .number(let range): value.double.map { range?.contains($0) ?? true } ?? false
        case .string(let length): value.string.map { length?.contains($0.unicodeScalars.count) ?? true } ?? false
        case .choice(let words): value.string.map(words.contains) ?? false
        default: true
        }
    }

    private func listMismatches(
        _ value: JSONValue, _ element: Schema, _ count: ClosedRange<Int>?, _ place: JSONPointer
    ) -> [FieldError] {
        if case .number(nil) = element.kind, let numbers = value.doubles {
            return count?.contains(numbers.count) ?? true ? [] : [refusal(of: value, at: place)]
        }
        guard let elements = elements(of: value, count) else { return [refusal(of: value, at: place)] }
        var errors: [FieldError] = []
        for (index, value) in elements.enumerated() where errors.count < Self.maximumErrors {
            errors += element.mismatches(in: value, at: place[index])
        }
        return errors
    }

    /// The elements of a list, counted before they are expanded; `nil` when it is none or has not the right number.
    func elements(of value: JSONValue, _ count: ClosedRange<Int>?) -> [JSONValue]? {
        guard let number = value.count, (count ?? 0...Self.maximumElements).contains(number) else { return nil }
        return value.array
    }

    /// Of a list that sets no bound of its own, unless it holds numbers alone, which stay packed.
    static let maximumElements = 65_536

    /// Beyond so many, a client learns nothing from more.
    static let maximumErrors = 32

    private func objectMismatches(
        _ value: JSONValue, _ properties: [Property], _ place: JSONPointer
    ) -> [FieldError] {
        guard let members = value.object else { return [refusal(of: value, at: place)] }
        var errors = Self.strangers(among: members, known: properties.map(\.name), at: place)
        for property in properties {
            if let member = value[property.name] {
                errors += property.schema.mismatches(in: member, at: place[property.name])
            } else if property.isRequired {
                errors.append(property.missing(at: place))
            }
        }
        return errors
    }

    private func eitherMismatches(_ value: JSONValue, _ schemas: [Schema], _ place: JSONPointer) -> [FieldError] {
        var outcomes: [(schema: Schema, errors: [FieldError])] = []
        for schema in schemas {
            let errors = schema.mismatches(in: value, at: place)
            if errors.isEmpty { return [] }
            outcomes.append((schema, errors))
        }
        // If the value has the type of one alternative alone, what is wrong with it as that is what helps.
        let meant = outcomes.filter { $0.schema.isOfType(of: value) }
        if let only = meant.first, meant.count == 1 { return only.errors }
        return [refusal(of: value, at: place)]
    }

    /// Whether `value` has the right JSON type, whatever is in it.
    func isOfType(of value: JSONValue) -> Bool {
        switch (kind, value) {
        case (.any, _), (.null, .null), (.boolean, .bool), (.integer, .integer), (.number, .integer),
            (.number, .number),
            (.string, .string), (.choice, .string), (.list, .array), (.list, .numbers), (.object, .object),
            (.map, .object):
            true
        case (.either(let schemas), _): schemas.contains { $0.isOfType(of: value) }
        default: false
        }
    }

    /// `value` as a whole is not what is expected here.
    func refusal(of value: JSONValue, at place: JSONPointer) -> FieldError {
        var detail = "expected \(expectation), found \(Self.shown(value))"
        if case .list(_, nil) = kind, let count = value.count, count > Self.maximumElements {
            detail = "expected a list of at most \(Self.maximumElements) elements, found \(count)"
        }
        if case .choice(let words) = kind, let word = value.string,
            let hint = Suggestions.sentence(for: word, in: words)
        {
            detail += "; \(hint)"
        }
        return FieldError(.pointer(place), detail)
    }

    /// Members that nobody asked for.
    static func strangers(among members: [JSONMember], known: [String], at place: JSONPointer) -> [FieldError] {
        members.lazy.filter { !known.contains($0.key) }.prefix(maximumErrors).map { member in
            let all = known.isEmpty ? "none is known here" : "known here: \(enumeration(known, "and"))"
            let hint = Suggestions.sentence(for: member.key, in: known) ?? all
            return FieldError(.pointer(place[member.key]), "unknown field \(quoted(member.key)); \(hint)")
        }
    }

    /// What may stand here, as a noun.
    var expectation: String {
        switch kind {
        case .any: "any value"
        case .null: "null"
        case .boolean: "true or false"
        case .integer(let range): "an integer" + Self.bounds(range, of: "")
        case .number(let range): "a number" + Self.bounds(range, of: "")
        case .string(let length): "a string" + (length.map { Self.bounds($0, of: " characters") } ?? "")
        case .choice(let words): words.count == 1 ? quoted(words[0]) : "one of " + enumeration(words.map(quoted), "or")
        case .list(let element, let count):
            "a list" + Self.bounds(count, of: " elements")
                + (element.kind == .any ? "" : ", each \(element.expectation)")
        case .object(let properties):
            "an object" + (properties.isEmpty ? "" : " with \(enumeration(properties.map(\.name), "and"))")
        case .map: "an object"
        case .either(let schemas): enumeration(schemas.map(\.expectation), "or")
        }
    }

    private static func bounds<Bound>(_ range: ClosedRange<Bound>?, of unit: String) -> String {
        guard let range else { return "" }
        if let upper = range.upperBound as? Int, upper == .max { return " of at least \(range.lowerBound)\(unit)" }
        if range.lowerBound == range.upperBound { return " of \(range.lowerBound)\(unit)" }
        return unit.isEmpty
            ? " from \(range.lowerBound) to \(range.upperBound)"
            : " of \(range.lowerBound) to \(range.upperBound)\(unit)"
    }

    /// A client's value in few words.
    static func shown(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): quoted(value)
        case .numbers(let values): "a list of \(values.count) number\(values.count == 1 ? "" : "s")"
        case .array(let values): values.isEmpty ? "an empty list" : "a list of \(values.count)"
        case .object: "an object"
        }
    }
}

extension Schema.Property {
    func missing(at place: JSONPointer) -> FieldError {
        FieldError(.pointer(place[name]), "required field \(quoted(name)) is missing; expected \(schema.expectation)")
    }
}
