internal import TextNumbers

/// Reads the fields of a configuration file, each checked where it is read.
struct ConfigurationFields {
    /// How the file is called in messages, for example `config.json`.
    let file: String
    let value: JSONValue
    private let path: String

    init(_ value: JSONValue, file: String, path: String = "") {
        self.value = value
        self.file = file
        self.path = path
    }

    func has(_ name: String) -> Bool { value[name] != nil && value[name] != .null }

    /// An object within; an empty one where it is absent.
    func object(_ name: String) -> ConfigurationFields {
        ConfigurationFields(value[name] ?? .object([]), file: file, path: path + name + ".")
    }

    func string(_ name: String) throws(ModelError) -> String? {
        guard has(name) else { return nil }
        guard let text = value[name]?.string else { throw wrong(name, "a text") }
        return text
    }

    func bool(_ name: String, default fallback: Bool) throws(ModelError) -> Bool {
        guard has(name) else { return fallback }
        guard let flag = value[name]?.bool else { throw wrong(name, "true or false") }
        return flag
    }

    func double(_ name: String) throws(ModelError) -> Double? {
        guard has(name) else { return nil }
        guard let number = value[name]?.double, number.isFinite else { throw wrong(name, "a number") }
        return number
    }

    /// A whole number within a range, which is what every size is.
    func int(_ name: String, _ range: ClosedRange<Int>) throws(ModelError) -> Int? {
        guard has(name) else { return nil }
        guard let number = value[name]?.int, range.contains(number) else {
            throw wrong(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// As ``int(_:_:)``, for a field that must be there.
    func required(_ name: String, _ range: ClosedRange<Int>) throws(ModelError) -> Int {
        guard let number = try int(name, range) else { throw lacks(name) }
        return number
    }

    /// One number for a square, or [height, width].
    func extent(_ name: String, _ range: ClosedRange<Int>) throws(ModelError) -> Architecture.Extent? {
        guard has(name) else { return nil }
        if let sides = value[name]?.doubles {
            guard sides.count == 2, let height = Int(exactly: sides[0]), let width = Int(exactly: sides[1]),
                range.contains(height), range.contains(width)
            else { throw wrong(name, "[height, width], each from \(range.lowerBound) to \(range.upperBound)") }
            return Architecture.Extent(height: height, width: width)
        }
        return try int(name, range).map(Architecture.Extent.init(square:))
    }

    func lacks(_ name: String) -> ModelError { .configurationLacks(file: file, field: path + name) }

    func wrong(_ name: String, _ expected: String) -> ModelError {
        ModelError.configurationField(file: file, field: path + name, expected: expected)
    }
}
