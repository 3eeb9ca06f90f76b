import TextNumbers

extension Form {
    /// An object of these fields and no others.
    ///
    /// - Parameters:
    ///   - name: of the component in the OpenAPI document.
    ///   - make: takes the fields' values in their order.
    public static func object<each F: Sendable>(
        _ name: String? = nil, _ summary: String = "", fields: repeat Field<each F>,
        make: @escaping @Sendable (repeat each F) -> Value
    ) -> Form {
        var properties: [Schema.Property] = []
        for field in repeat each fields { properties.append(field.property) }
        let known = properties.map(\.name)
        precondition(Set(known).count == known.count, "a field is declared twice: \(known)")
        let schema = Schema.object(name, summary, properties: properties)
        let packed = (repeat each fields)
        return Form(schema) { value, place, errors in
            guard let members = value.object else {
                errors.append(schema.refusal(of: value, at: place))
                return nil
            }
            errors += Schema.strangers(among: members, known: known, at: place)
            let values = (repeat (each packed).read(value[(each packed).property.name], place, &errors))
            do {
                return make(repeat try present(each values))
            } catch {
                return nil  // each absent value has said why
            }
        }
    }

    /// An object with exactly one of several keys, which tells what it is: `{"image": …}` or `{"text": …}`.
    public static func oneKey(_ name: String? = nil, _ summary: String = "", _ variants: Variant<Value>...) -> Form {
        let names = variants.map(\.name)
        var schema = Schema(
            .either(variants.map { .object(properties: [Schema.Property($0.name, $0.form.schema)]) }), summary)
        schema.name = name
        return Form(schema) { value, place, errors in
            guard let members = value.object else {
                errors.append(
                    FieldError(.pointer(place), "expected an object with \(oneOf(names)), found \(Schema.shown(value))")
                )
                return nil
            }
            let strangers = Schema.strangers(among: members, known: names, at: place)
            guard strangers.isEmpty, members.count == 1, let member = members.first,
                let variant = variants.first(where: { $0.name == member.key })
            else {
                errors += strangers
                if strangers.isEmpty || members.count - strangers.count != 1 {
                    let found = members.isEmpty ? "none" : enumeration(members.map { quoted($0.key) }, "and")
                    errors.append(FieldError(.pointer(place), "expected exactly \(oneOf(names)), found \(found)"))
                }
                return nil
            }
            return variant.form.read(member.value, at: place[member.key], &errors)
        }
    }
}

private struct Absent: Error {}

private func present<T>(_ value: T?) throws(Absent) -> T {
    guard let value else { throw Absent() }
    return value
}

private func oneOf(_ names: [String]) -> String { "one of " + enumeration(names.map(quoted), "or") }

extension Form where Value == Void {
    /// An object without any field.
    public static var noFields: Form { Form.object(make: {}) }
}
