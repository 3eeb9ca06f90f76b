public import TextNumbers

/// A member of an object, as its form declares it.
public struct Field<Value: Sendable>: Sendable {
    let property: Schema.Property
    /// Reads the member; `nil` stands for one that is left out.
    let read: @Sendable (JSONValue?, _ object: JSONPointer, inout [FieldError]) -> Value?

    /// A member that must be there.
    public init(_ name: String, _ form: Form<Value>, _ summary: String) {
        let property = Schema.Property(name, form.described(summary).schema)
        self.property = property
        read = { value, object, errors in
            if let value { return form.read(value, at: object[name], &errors) }
            errors.append(property.missing(at: object))
            return nil
        }
    }

    /// A member that stands for `defaultValue` when it is left out.
    /// - Precondition: The form reads `defaultValue`.
    public init(_ name: String, _ form: Form<Value>, default defaultValue: JSONValue, _ summary: String) {
        var errors: [FieldError] = []
        let assumed = form.read(defaultValue, &errors)
        precondition(errors.isEmpty, "the default of \(name) is none of its own values: \(errors)")
        var property = Schema.Property(name, form.described(summary).schema, isRequired: false, mayBeNull: true)
        property.schema.defaultValue = defaultValue
        self.property = property
        read = { value, object, errors in
            guard let value, !value.isNull else { return assumed }
            return form.read(value, at: object[name], &errors)
        }
    }

    /// A member that may be left out or `null`, which gives `nil`: what Python's `None` becomes on its way here.
    public init<Wrapped>(optional name: String, _ form: Form<Wrapped>, _ summary: String) where Value == Wrapped? {
        property = Schema.Property(name, form.described(summary).schema, isRequired: false, mayBeNull: true)
        read = { value, object, errors in
            guard let value, !value.isNull else { return .some(nil) }
            return form.read(value, at: object[name], &errors).map { .some($0) }
        }
    }
}
