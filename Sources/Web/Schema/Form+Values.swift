public import TextNumbers

extension Form {
    /// What the schema alone decides.
    private init(_ schema: Schema, _ extract: @escaping @Sendable (JSONValue) -> Value?) {
        self.init(schema) { value, place, errors in
            let mismatches = schema.mismatches(in: value, at: place)
            if mismatches.isEmpty, let extracted = extract(value) { return extracted }
            errors += mismatches.isEmpty ? [schema.refusal(of: value, at: place)] : mismatches
            return nil
        }
    }
}

extension Form where Value == Int {
    /// Any integer.
    public static var integer: Form { Form(.integer, \.int) }
    /// An integer within bounds.
    public static func integer(_ range: ClosedRange<Int>) -> Form { Form(.integer(range), \.int) }
    /// An integer with a least value.
    public static func integer(_ range: PartialRangeFrom<Int>) -> Form { integer(range.lowerBound ... .max) }
}

extension Form where Value == Double {
    /// Any number.
    public static var number: Form { Form(.number, \.double) }
    /// A number within bounds.
    public static func number(_ range: ClosedRange<Double>) -> Form { Form(.number(range), \.double) }
}

extension Form where Value == [Double] {
    /// A list of any numbers, as they were packed in reading: any length that `count` allows.
    public static func numbers(count: ClosedRange<Int>? = nil) -> Form {
        Form(.list(.number, count: count), \.doubles)
    }
}

extension Form where Value == Bool {
    /// `true` or `false`.
    public static var boolean: Form { Form(.boolean, \.bool) }
}

extension Form where Value == String {
    /// Any string.
    public static var string: Form { Form(.string, \.string) }
    /// - Parameter length: In Unicode scalars.
    public static func string(length: ClosedRange<Int>) -> Form { Form(Schema(.string(length: length)), \.string) }
    /// One of these words.
    public static func choice(_ words: [String]) -> Form { Form(.choice(words), \.string) }
}

extension Form where Value: RawRepresentable<String> & CaseIterable {
    /// One of the type's cases, by its raw value.
    public static func choice(of type: Value.Type = Value.self) -> Form {
        Form(.choice(type.allCases.map(\.rawValue))) { $0.string.flatMap(Value.init(rawValue:)) }
    }
}

extension Form where Value == JSONValue {
    /// Any JSON, taken as it is.
    public static var json: Form { Form(.any) { $0 } }
    /// JSON that fits a schema.
    public static func json(_ schema: Schema) -> Form { Form(schema) { $0 } }
}

extension Form {
    /// A list, each element of one form.
    public static func list<Element>(
        of element: Form<Element>, count: ClosedRange<Int>? = nil
    ) -> Form where Value == [Element] {
        let schema = Schema.list(element.schema, count: count)
        return Form(schema) { value, place, errors in
            guard let elements = schema.elements(of: value, count) else {
                errors.append(schema.refusal(of: value, at: place))
                return nil
            }
            var values: [Element] = []
            for (index, value) in elements.enumerated() where errors.count < Schema.maximumErrors {
                if let value = element.read(value, at: place[index], &errors) { values.append(value) }
            }
            return values.count == elements.count ? values : nil
        }
    }

    /// The first of `forms` that fits. When none does, the errors are those of the one form of the value's JSON type,
    /// or a sentence that names them all.
    public static func either(_ forms: Form...) -> Form {
        let schema = Schema(.either(forms.map(\.schema)))
        return Form(schema) { value, place, errors in
            var meant: [[FieldError]] = []
            for form in forms where form.schema.isOfType(of: value) {
                var own: [FieldError] = []
                if let read = form.read(value, at: place, &own), own.isEmpty { return read }
                meant.append(own)
            }
            errors += meant.count == 1 ? meant[0] : [schema.refusal(of: value, at: place)]
            return nil
        }
    }

    /// This form, or `null`, which gives `nil`.
    public var nullable: Form<Value?> {
        let schema = schema.nullable
        return Form<Value?>(schema) { value, place, errors in
            if value.isNull { return .some(nil) }
            return self.read(value, at: place, &errors).map { .some($0) }
        }
    }
}
