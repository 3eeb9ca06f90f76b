public import TextNumbers

/// What a JSON value may look like: told once, used to check values and to describe them in OpenAPI.
public struct Schema: Sendable, Equatable {
    /// The forms that a value can have.
    public indirect enum Kind: Sendable, Equatable {
        /// Anything at all.
        case any
        case null
        case boolean
        case integer(ClosedRange<Int>?)
        case number(ClosedRange<Double>?)
        /// - Parameter length: In Unicode scalars.
        case string(length: ClosedRange<Int>?)
        /// One of these strings.
        case choice([String])
        case list(Schema, count: ClosedRange<Int>?)
        /// These members and no others.
        case object([Property])
        /// Members of any name, all of one form.
        case map(Schema)
        /// The first that fits.
        case either([Schema])
    }

    /// A member of an object.
    public struct Property: Sendable, Equatable {
        /// Its key.
        public var name: String
        /// What its value may look like.
        public var schema: Schema
        /// Whether it must be there.
        public var isRequired: Bool
        /// Whether `null` says the same as leaving it out.
        public var mayBeNull: Bool

        /// Makes a property of its parts.
        public init(_ name: String, _ schema: Schema, isRequired: Bool = true, mayBeNull: Bool = false) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
            self.mayBeNull = mayBeNull
        }
    }

    /// The form of the value.
    public var kind: Kind
    /// The name of a component of the OpenAPI document; without one the schema is written out where it is used.
    public var name: String?
    /// A sentence about it.
    public var summary: String
    /// Where a named one is used: a sentence about that use.
    public var note = ""
    /// What stands for a field that is left out.
    public var defaultValue: JSONValue?
    /// A value of it.
    public var example: JSONValue?

    /// Makes a schema of its parts.
    public init(_ kind: Kind, name: String? = nil, _ summary: String = "", example: JSONValue? = nil) {
        self.kind = kind
        self.name = name
        self.summary = summary
        self.example = example
    }
}

extension Schema {
    /// Anything at all.
    public static var any: Schema { Schema(.any) }
    /// Nothing but `null`.
    public static var null: Schema { Schema(.null) }
    /// `true` or `false`.
    public static var boolean: Schema { Schema(.boolean) }
    /// Any string.
    public static var string: Schema { Schema(.string(length: nil)) }
    /// Any integer.
    public static var integer: Schema { Schema(.integer(nil)) }
    /// Any number.
    public static var number: Schema { Schema(.number(nil)) }
    /// An integer within bounds.
    public static func integer(_ range: ClosedRange<Int>) -> Schema { Schema(.integer(range)) }
    /// A number within bounds.
    public static func number(_ range: ClosedRange<Double>) -> Schema { Schema(.number(range)) }
    /// One of these strings.
    public static func choice(_ words: [String]) -> Schema { Schema(.choice(words)) }
    /// A list, each element of one form.
    public static func list(_ element: Schema, count: ClosedRange<Int>? = nil) -> Schema {
        Schema(.list(element, count: count))
    }
    /// Members of any name, all of one form.
    public static func map(_ element: Schema) -> Schema { Schema(.map(element)) }
    /// The first that fits.
    public static func either(_ schemas: Schema...) -> Schema { Schema(.either(schemas)) }

    /// Also allows `null`.
    public var nullable: Schema { Schema(.either([self, .null])) }

    /// An object of these members and no others. With a name it becomes a component of the OpenAPI document.
    public static func object(_ name: String? = nil, _ summary: String = "", properties: [Property]) -> Schema {
        Schema(.object(properties), name: name, summary)
    }

    /// The same with a sentence about it; of one with a name, about this use of it.
    public func described(_ summary: String) -> Schema {
        var copy = self
        if name == nil { copy.summary = summary } else { copy.note = summary }
        return copy
    }
}
