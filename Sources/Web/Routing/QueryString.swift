import HTTPTypes
import TextNumbers

/// The query of a target: names and values in the order given, `+` and percent-encoding undone.
struct QueryString: Sendable, Equatable {
    var pairs: [(name: String, value: String)]

    static func == (a: QueryString, b: QueryString) -> Bool { a.pairs.elementsEqual(b.pairs, by: ==) }

    init(_ text: Substring) throws(Problem) {
        pairs = []
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentDecoding.decode(halves[0], plusIsSpace: true),
                let value = PercentDecoding.decode(halves.count > 1 ? halves[1] : "", plusIsSpace: true)
            else {
                throw Problem(
                    .badRequest,
                    "The query \(quoted(String(pair))) is not well-formed: expected name=value, percent-encoded UTF-8.")
            }
            pairs.append((name, value))
        }
    }

    /// Takes a parameter out.
    /// - Throws: where it stands more than once.
    mutating func take(_ name: String) throws(FieldError) -> String? {
        let values = pairs.filter { $0.name == name }
        guard values.count <= 1 else { throw Self.repetition(of: name) }
        pairs.removeAll { $0.name == name }
        return values.first?.value
    }

    /// The parameters as a JSON object, so that one kind of form reads both. Text becomes what the schema of its name
    /// wants, where it can: `3` an integer, `true` a boolean, `a,b` (or `x=a&x=b`) a list.
    func document(for schema: Schema) -> JSONValue {
        guard case .object(let properties) = schema.kind else { return .object([]) }
        var members: [JSONMember] = []
        for (name, text) in pairs {
            let wanted = properties.first { $0.name == name }?.schema.kind
            if case .list(let element, _) = wanted {
                let words = text.split(separator: ",", omittingEmptySubsequences: false)
                let new = words.map { Self.value(String($0), element.kind) }
                if let place = members.firstIndex(where: { $0.key == name }) {
                    members[place].value = .list((members[place].value.array ?? []) + new)
                } else {
                    members.append(JSONMember(name, .list(new)))
                }
            } else {
                members.append(JSONMember(name, Self.value(text, wanted ?? .any)))
            }
        }
        return .object(members)
    }

    /// The first parameter, no list, that is there more than once: which of its values is meant nobody can say.
    func repeated(in schema: Schema) -> String? {
        guard case .object(let properties) = schema.kind else { return nil }
        let single = properties.filter { if case .list = $0.schema.kind { false } else { true } }.map(\.name)
        return single.first { name in pairs.count { $0.name == name } > 1 }
    }

    static func repetition(of name: String) -> FieldError {
        FieldError(.parameter(name), "it is there more than once: expected one value")
    }

    private static func value(_ text: String, _ kind: Schema.Kind) -> JSONValue {
        let parsed = try? JSONValue.parse(Array(text.utf8))
        return switch (kind, parsed) {
        case (.integer, .integer), (.number, .integer), (.number, .number), (.boolean, .bool): parsed ?? .string(text)
        case (.either(let schemas), let parsed?) where schemas.contains { $0.isOfType(of: parsed) }: parsed
        default: .string(text)
        }
    }
}

extension Form {
    /// Reads the parameters of a query by a form of an object.
    func read(_ query: QueryString) throws(Problem) -> Value {
        if let name = query.repeated(in: schema) { throw .fields([QueryString.repetition(of: name)]) }
        do {
            return try read(query.document(for: schema))
        } catch {
            throw .fields(
                error.errors.map { error in
                    guard case .pointer(let pointer) = error.place, let name = pointer.tokens.first else {
                        return error
                    }
                    return FieldError(.parameter(name), Self.aboutParameters(error.detail))
                })
        }
    }

    /// The words for a member of a document, said of a parameter.
    private static func aboutParameters(_ detail: String) -> String {
        for (field, parameter) in [("unknown field", "unknown parameter"), ("required field", "required parameter")]
        where detail.hasPrefix(field) {
            return parameter + detail.dropFirst(field.count)
        }
        return detail
    }
}
