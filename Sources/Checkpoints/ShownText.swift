extension String {
    /// A text from outside as an error message shows it: in quotes, at most 120 letters, nothing that moves a cursor.
    public var shown: String {
        var letters = ""
        for scalar in unicodeScalars.prefix(120) {
            letters += scalar.properties.isVisible ? String(scalar) : scalar.escaped(asASCII: true)
        }
        return "'\(letters)\(unicodeScalars.count > 120 ? "…" : "")'"
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isVisible: Bool {
        switch generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
