/// Builds the bytes of a JSON document from front to back. It sets commas and colons itself; what it cannot express
/// (two values at the top, a value without a key in an object) is a programmer's mistake.
///
/// ```swift
/// var json = JSONWriter()
/// json.object {
///     $0.key("shape"); $0.append([2, 3])
///     $0.key("data"); $0.array { $0.appendFloats(elements) }
/// }
/// ```
///
/// A document larger than one wants in memory is written piece by piece: `takeBytes()` hands over what is there.
public struct JSONWriter: Sendable {
    /// What has been written and not taken.
    public private(set) var bytes: [UInt8] = []
    /// How many NaNs and infinities were written as `null`.
    public private(set) var nonFinite = 0
    private var open: [Frame] = []
    private var isEmpty = true
    private var afterKey = false

    private enum Frame: Sendable { case object, array }

    /// An empty document.
    public init() {}

    /// Hands over the bytes written so far; writing goes on behind them.
    public mutating func takeBytes() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        return taken
    }

    // MARK: Structure

    /// Writes an object whose members `body` writes.
    public mutating func object<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        beginObject()
        try body(&self)
        endObject()
    }

    /// Writes an array whose elements `body` writes.
    public mutating func array<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        beginArray()
        try body(&self)
        endArray()
    }

    /// Opens an object, which must be closed.
    public mutating func beginObject() { begin(.object, UInt8(ascii: "{")) }
    /// Opens an array, which must be closed.
    public mutating func beginArray() { begin(.array, UInt8(ascii: "[")) }
    /// Closes the object that was opened last.
    public mutating func endObject() { end(.object, UInt8(ascii: "}")) }
    /// Closes the array that was opened last.
    public mutating func endArray() { end(.array, UInt8(ascii: "]")) }

    /// Writes the key of the value that comes next.
    public mutating func key(_ key: String) {
        precondition(open.last == .object && !afterKey, "a key stands in an object, before a value")
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
        quote(key)
        bytes.append(UInt8(ascii: ":"))
        afterKey = true
    }

    private mutating func begin(_ frame: Frame, _ bracket: UInt8) {
        separate()
        open.append(frame)
        isEmpty = true
        bytes.append(bracket)
    }

    private mutating func end(_ frame: Frame, _ bracket: UInt8) {
        precondition(open.popLast() == frame && !afterKey, "what is closed must be what is open")
        isEmpty = false
        bytes.append(bracket)
    }

    private mutating func separate() {
        precondition(
            afterKey || open.last == .array || (open.isEmpty && isEmpty), "a value stands after a key, or in an array")
        if !afterKey, !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
        afterKey = false
    }

    // MARK: Values

    /// Writes `null`.
    public mutating func null() { raw("null") }
    /// Writes `true` or `false`.
    public mutating func append(_ value: Bool) { raw(value ? "true" : "false") }
    /// Writes an integer.
    public mutating func append(_ value: Int) { raw(value.description) }

    /// Writes a string, escaped where it must be.
    public mutating func append(_ value: String) {
        separate()
        quote(value)
    }

    /// The shortest text that reads back as this float64; `null`, counted, when it is not finite.
    public mutating func append(_ value: Double) {
        guard value.isFinite else {
            nonFinite += 1
            return null()
        }
        raw(value.description)
    }

    /// The shortest text that reads back as this float32; `null`, counted, when it is not finite.
    public mutating func append(_ value: Float) { appendFloats([value].span) }

    /// Writes a whole document as one value. Of packed numbers, whole ones are written as integers.
    public mutating func append(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): append(value)
        case .integer(let value): raw(value.description)
        case .number(let value): append(value)
        case .string(let value): append(value)
        case .numbers(let values): array { for value in values { $0.appendUnpacked(value) } }
        case .array(let values): array { for value in values { $0.append(value) } }
        case .object(let members):
            object {
                for member in members {
                    $0.key(member.key)
                    $0.append(member.value)
                }
            }
        }
    }

    /// Text that is JSON already and stands for one value.
    public mutating func append(json text: [UInt8]) {
        separate()
        bytes.append(contentsOf: text)
    }

    /// Adds `elements` to the array that is open; can be called again for the next piece of it.
    public mutating func appendFloats(_ elements: Span<Float>) {
        guard !elements.isEmpty else { return }
        separate()
        // Text goes into one line of scratch at a time: appending a byte costs more than finding it.
        var scratch = [UInt8](repeating: 0, count: Self.scratchLength + FloatText.maximumLength + 1)
        let powers = ShortestFloat.powers
        var i = 0
        while i < elements.count {
            var used = 0
            var line = scratch.mutableSpan
            while i < elements.count, used < Self.scratchLength {
                if i > 0 {
                    line[used] = UInt8(ascii: ",")
                    used += 1
                }
                let value = elements[i]
                i += 1
                guard value.isFinite else {
                    nonFinite += 1
                    for byte in "null".utf8 {
                        line[used] = byte
                        used += 1
                    }
                    continue
                }
                used = FloatText.write(value, into: &line, at: used, powers: powers)
            }
            bytes.append(contentsOf: scratch[..<used])
        }
    }

    private static let scratchLength = 4_096

    /// An element of packed numbers: whole ones as integers, as they most likely stood.
    private mutating func appendUnpacked(_ value: Double) {
        if let integer = value.exactInteger { raw(integer.description) } else { append(value) }
    }

    private mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case ..<0x20, 0x7F:
                let hex = String(byte, radix: 16)
                bytes.append(contentsOf: (hex.count == 1 ? "\\u000" : "\\u00").utf8)
                bytes.append(contentsOf: hex.utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension JSONValue {
    /// The document's text without white space.
    public var serialized: [UInt8] {
        var writer = JSONWriter()
        writer.append(self)
        return writer.takeBytes()
    }
}
