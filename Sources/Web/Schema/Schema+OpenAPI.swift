import TextNumbers

extension Schema {
    /// This schema in the dialect of OpenAPI 3.1 (JSON Schema 2020-12); named ones as references.
    func openAPI(_ components: inout OpenAPIComponents) -> JSONValue {
        guard let name else { return body(&components) }
        components.define(name, self)
        var members = [JSONMember("$ref", .string("#/components/schemas/\(name)"))]
        if !note.isEmpty { members.append(JSONMember("description", .string(note))) }
        if let defaultValue { members.append(JSONMember("default", defaultValue)) }
        return .object(members)
    }

    /// What is said of it where it stands.
    var saying: String { note.isEmpty ? summary : note }

    /// Written out, even when named.
    func body(_ components: inout OpenAPIComponents) -> JSONValue {
        var members = kind.keywords(&components)
        if !summary.isEmpty { members.append(JSONMember("description", .string(summary))) }
        if let defaultValue { members.append(JSONMember("default", defaultValue)) }
        if let example { members.append(JSONMember("examples", .list([example]))) }
        return .object(members)
    }
}

extension Schema.Property {
    /// With `null` among its values where it may be that; what is said of the whole is said outside.
    fileprivate var shown: Schema {
        guard mayBeNull, !schema.isOfType(of: .null) else { return schema }
        var plain = schema
        plain.defaultValue = nil
        plain.note = ""
        var outer = plain.nullable.described(schema.saying)
        outer.defaultValue = schema.defaultValue
        return outer
    }
}

extension Schema.Kind {
    fileprivate func keywords(_ components: inout OpenAPIComponents) -> [JSONMember] {
        switch self {
        case .any: []
        case .null: [type("null")]
        case .boolean: [type("boolean")]
        case .integer(let range):
            [type("integer")] + bounds(range, "minimum", "maximum") { .integer(Int64($0)) }
        case .number(let range): [type("number")] + bounds(range, "minimum", "maximum") { .number($0) }
        case .string(let length):
            [type("string")] + bounds(length, "minLength", "maxLength") { .integer(Int64($0)) }
        case .choice(let words): [type("string"), JSONMember("enum", .strings(words))]
        case .list(let element, let count):
            [type("array"), JSONMember("items", element.openAPI(&components))]
                + bounds(count, "minItems", "maxItems") { .integer(Int64($0)) }
        case .map(let element): [type("object"), JSONMember("additionalProperties", element.openAPI(&components))]
        case .either(let schemas): [JSONMember("anyOf", .list(schemas.map { $0.openAPI(&components) }))]
        case .object(let properties): object(properties, &components)
        }
    }

    private func object(_ properties: [Schema.Property], _ components: inout OpenAPIComponents) -> [JSONMember] {
        let described = properties.map { property in
            JSONMember(property.name, property.shown.openAPI(&components))
        }
        let required = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
        return [type("object"), JSONMember("properties", .object(described))]
            + (required.isEmpty ? [] : [JSONMember("required", .list(required))])
            + [JSONMember("additionalProperties", false)]
    }

    private func type(_ name: String) -> JSONMember { JSONMember("type", .string(name)) }

    /// The two keywords of a range, without those that say nothing.
    private func bounds<Bound>(
        _ range: ClosedRange<Bound>?, _ lower: String, _ upper: String, _ json: (Bound) -> JSONValue
    ) -> [JSONMember] {
        guard let range else { return [] }
        let isOpen = (range.upperBound as? Int) == .max
        return [JSONMember(lower, json(range.lowerBound))] + (isOpen ? [] : [JSONMember(upper, json(range.upperBound))])
    }
}
