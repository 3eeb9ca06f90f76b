/// Base64 of RFC 4648, section 4: the standard alphabet, padded, no line breaks.
public enum Base64 {
    /// The text of `bytes`, as ASCII.
    public static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        let alphabet = alphabet
        var i = 0
        while i + 2 < bytes.count {
            let group = UInt32(bytes[i]) << 16 | UInt32(bytes[i + 1]) << 8 | UInt32(bytes[i + 2])
            text.append(alphabet[Int(group >> 18)])
            text.append(alphabet[Int(group >> 12 & 63)])
            text.append(alphabet[Int(group >> 6 & 63)])
            text.append(alphabet[Int(group & 63)])
            i += 3
        }
        guard i < bytes.count else { return text }
        let group = UInt32(bytes[i]) << 16 | (i + 1 < bytes.count ? UInt32(bytes[i + 1]) << 8 : 0)
        text.append(alphabet[Int(group >> 18)])
        text.append(alphabet[Int(group >> 12 & 63)])
        text.append(i + 1 < bytes.count ? alphabet[Int(group >> 6 & 63)] : padding)
        text.append(padding)
        return text
    }

    /// The text of `bytes`, as a string.
    public static func encode(_ bytes: [UInt8]) -> String { String(decoding: encode(bytes.span), as: UTF8.self) }

    /// The bytes that `text` stands for. Strict: a length that is no multiple of four, a missing or misplaced `=`, a
    /// byte outside the alphabet (line breaks and the URL alphabet included) and stray bits at the end are refused.
    ///
    /// - Throws: ``JSONError`` whose position counts bytes from the start of `text`.
    public static func decode(_ text: String) throws(JSONError) -> [UInt8] { try decode(text.utf8.span) }

    /// The same of ASCII bytes.
    public static func decode(_ text: Span<UInt8>) throws(JSONError) -> [UInt8] {
        guard text.count % 4 == 0 else {
            throw JSONError(
                position: text.count,
                reason: "base64 comes in groups of four characters, padded with '='; this ends early"
            )
        }
        if text.isEmpty { return [] }
        let pads = text[text.count - 1] != padding ? 0 : text[text.count - 2] != padding ? 1 : 2
        let full = pads == 0 ? text.count : text.count - 4

        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        let values = values
        var i = 0
        while i < full {
            let (a, b) = (values[Int(text[i])], values[Int(text[i + 1])])
            let (c, d) = (values[Int(text[i + 2])], values[Int(text[i + 3])])
            if (a | b | c | d) > 63 { throw stranger(text, from: i) }
            bytes.append(a << 2 | b >> 4)
            bytes.append(b << 4 | c >> 2)
            bytes.append(c << 6 | d)
            i += 4
        }
        if pads > 0 {
            let (a, b) = (values[Int(text[i])], values[Int(text[i + 1])])
            let c = pads == 1 ? values[Int(text[i + 2])] : 0
            if (a | b | c) > 63 { throw stranger(text, from: i) }
            if (pads == 2 ? b & 15 : c & 3) != 0 {
                throw JSONError(
                    position: i + 3 - pads, reason: "the last base64 character has bits that stand for nothing")
            }
            bytes.append(a << 2 | b >> 4)
            if pads == 1 { bytes.append(b << 4 | c >> 2) }
        }
        return bytes
    }

    private static func stranger(_ text: Span<UInt8>, from start: Int) -> JSONError {
        var i = start
        while i < text.count, values[Int(text[i])] <= 63 { i += 1 }
        return JSONError(position: i, reason: "not a character of base64 here")
    }

    private static let padding = UInt8(ascii: "=")
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Value of each byte; 255 for what is not in the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()
}
