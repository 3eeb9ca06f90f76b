/// An entity tag (RFC 9110, 8.8.3): `"abc"`, or weak, `W/"abc"`.
public struct ETag: Sendable, Hashable, CustomStringConvertible {
    /// The opaque text without its quotes.
    public let opaque: String
    /// The same meaning rather than the same bytes.
    public let isWeak: Bool

    /// - Precondition: `opaque` holds visible ASCII characters without quotes.
    public init(_ opaque: String, isWeak: Bool = false) {
        precondition(opaque.utf8.allSatisfy(Self.isOpaque), "an entity tag cannot hold \(opaque)")
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// A tag from outside; `nil` when it is malformed.
    public init?(parsing text: some StringProtocol) {
        var rest = text.trimmingBlanks
        let isWeak = rest.hasPrefix("W/")
        if isWeak { rest = rest.dropFirst(2) }
        guard rest.utf8.count >= 2, rest.hasPrefix("\""), rest.hasSuffix("\"") else { return nil }
        let opaque = rest.dropFirst().dropLast()
        guard opaque.utf8.allSatisfy({ Self.isOpaque($0) || $0 >= 0x80 }) else { return nil }
        self.opaque = String(opaque)
        self.isWeak = isWeak
    }

    /// As it stands in a field.
    public var description: String { (isWeak ? "W/" : "") + "\"\(opaque)\"" }

    /// Whether the client already has this version, so that 304 is the answer (`If-None-Match`, weak comparison).
    public func isNamed(byIfNoneMatch field: String) -> Bool {
        if field.trimmingBlanks == "*" { return true }
        return Self.list(field).contains { $0.opaque == opaque }
    }

    /// Whether a range of this version may be sent (`If-Range`, strong comparison; a date there never holds).
    public func holds(forIfRange field: String) -> Bool {
        guard let tag = ETag(parsing: field) else { return false }
        return !isWeak && !tag.isWeak && tag.opaque == opaque
    }

    /// The tags of a list. A comma within quotes belongs to the tag.
    private static func list(_ text: String) -> [ETag] {
        var isQuoted = false
        let elements = text.split { character in
            if character == "\"" { isQuoted.toggle() }
            return character == "," && !isQuoted
        }
        return elements.compactMap { ETag(parsing: $0) }
    }

    private static func isOpaque(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"")
    }
}
