import TextNumbers

/// The schemas that the document defines once and refers to.
struct OpenAPIComponents {
    private(set) var schemas: [JSONMember] = []
    private var defined: [String: Schema] = [:]

    /// Defines a component, with the sentence of its first use. Two different ones of one name are a programmer's mistake.
    /// - Returns: what this use says of it, where that is another sentence.
    mutating func define(_ name: String, _ schema: Schema) -> String? {
        var plain = schema
        plain.defaultValue = nil
        if let known = defined[name] {
            plain.summary = known.summary
            precondition(known == plain, "two different schemas are named \(name)")
            return schema.summary.isEmpty || schema.summary == known.summary ? nil : schema.summary
        }
        defined[name] = plain
        let body = plain.body(&self)
        schemas.append(JSONMember(name, body))
        return nil
    }
}
