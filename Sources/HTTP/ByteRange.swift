/// What a `Range` field asks for of a representation (RFC 9110, 14).
public enum ByteRange: Sendable, Equatable {
    /// All of it (200): no field, another unit, a malformed field, or several ranges, which we need not honour.
    case whole
    /// These bytes (206).
    case part(Range<Int>)
    /// Well-formed, but nothing of it exists (416).
    case unsatisfiable

    /// - Parameters:
    ///   - field: The `Range` field, for example `bytes=0-499`, `bytes=500-` or `bytes=-500`.
    ///   - size: Bytes of the representation.
    public init(parsing field: String?, size: Int) {
        self = field.flatMap { Self.parse($0, size: size) } ?? .whole
    }

    /// The value of `Content-Range`; `nil` for the whole, which has none.
    public func contentRange(size: Int) -> String? {
        switch self {
        case .whole: nil
        case .part(let range): "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
        case .unsatisfiable: "bytes */\(size)"
        }
    }

    private static func parse(_ field: String, size: Int) -> ByteRange? {
        guard field.prefix(6).lowercased() == "bytes=" else { return nil }
        let set = field.dropFirst(6).trimmingBlanks
        guard let dash = set.firstIndex(of: "-") else { return nil }
        let (first, last) = (set[..<dash], set[set.index(after: dash)...])
        if first.isEmpty {
            guard let length = number(last) else { return nil }
            return length > 0 && size > 0 ? .part(max(0, size - length)..<size) : .unsatisfiable
        }
        guard let first = number(first) else { return nil }
        if last.isEmpty { return first < size ? .part(first..<size) : .unsatisfiable }
        guard let last = number(last), first <= last else { return nil }
        return first < size ? .part(first..<min(last, size - 1) + 1) : .unsatisfiable
    }

    /// Digits only; what does not fit counts as beyond every size.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy(\.isDigit) else { return nil }
        return Int(text) ?? Int.max
    }
}
