import TextNumbers

/// The schemas that the document defines once and refers to.
struct OpenAPIComponents {
    private(set) var schemas: [JSONMember] = []
    private var defined: [String: Schema] = [:]

    /// Defines a component. Two different ones of one name are a programmer's mistake.
    mutating func define(_ name: String, _ schema: Schema) {
        var plain = schema
        plain.defaultValue = nil
        plain.note = ""
        if let known = defined[name] {
            precondition(known == plain, "two different schemas are named \(name)")
            return
        }
        defined[name] = plain
        let body = plain.body(&self)
        schemas.append(JSONMember(name, body))
    }
}
