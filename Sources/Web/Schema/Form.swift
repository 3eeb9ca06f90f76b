public import TextNumbers

/// How a value of a Swift type is written in JSON: its schema, and how to read it. Declared once, it validates requests
/// and describes them.
///
/// ```swift
/// static let form = Form.object(
///     "Crop", "A part of the picture.",
///     fields: Field("size", .integer(1...4096), "In pixels."),
///     Field("mode", .choice(of: Mode.self), default: "center", "Which part."),
///     Field(optional: "seed", .integer, "For random parts."),
///     make: Crop.init)
/// ```
public struct Form<Value: Sendable>: Sendable {
    /// What a value may look like, for checking and for the documentation.
    public var schema: Schema
    private let body: @Sendable (JSONValue, JSONPointer, inout [FieldError]) -> Value?

    /// - Parameter read: gives the value at a place; or `nil`, and then at least one error added to the list.
    public init(
        _ schema: Schema, read: @escaping @Sendable (JSONValue, JSONPointer, inout [FieldError]) -> Value?
    ) {
        self.schema = schema
        self.body = read
    }

    /// Reads `value`, which stands at `place`. Every error is added, not only the first.
    public func read(_ value: JSONValue, at place: JSONPointer = .root, _ errors: inout [FieldError]) -> Value? {
        let result = body(value, place, &errors)
        precondition(result != nil || !errors.isEmpty, "a form refused \(place) without saying why")
        return result
    }

    /// Reads a whole document.
    /// - Throws: A 400 that names every wrong field.
    public func read(_ document: JSONValue) throws(Problem) -> Value {
        var errors: [FieldError] = []
        guard let value = read(document, &errors), errors.isEmpty else { throw .fields(errors) }
        return value
    }

    /// The same with a sentence about it.
    public func described(_ summary: String) -> Form {
        var copy = self
        copy.schema = schema.described(summary)
        return copy
    }

    /// A form of another type that is made out of this one's.
    public func map<Other>(_ make: @escaping @Sendable (Value) -> Other) -> Form<Other> {
        Form<Other>(schema) { value, place, errors in body(value, place, &errors).map(make) }
    }

    /// The same where not every value makes one: `make` throws a ``Mismatch`` that says why.
    public func map<Other>(
        checking make: @escaping @Sendable (Value) throws(Mismatch) -> Other
    ) -> Form<Other> {
        Form<Other>(schema) { value, place, errors in
            guard let plain = body(value, place, &errors) else { return nil }
            do throws(Mismatch) {
                return try make(plain)
            } catch {
                errors.append(FieldError(.pointer(place), error.detail))
                return nil
            }
        }
    }
}
