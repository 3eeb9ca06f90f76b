extension JSONParser {
    /// Reads a string; `at` is on its opening quote.
    mutating func string() throws(JSONError) -> String {
        let (string, end) = try string(openedAt: at)
        at = end
        return string
    }

    private func string(openedAt opening: Int) throws(JSONError) -> (String, end: Int) {
        let text = bytes.span
        var i = opening + 1
        var escaped = false
        while true {
            guard i < text.count else {
                throw JSONError(position: opening, reason: "a string begins here and never ends")
            }
            let byte = text[i]
            if byte == UInt8(ascii: "\"") { break }
            if byte < 0x20 {
                throw JSONError(position: i, reason: "a control character in a string must be written as an escape")
            }
            if byte == UInt8(ascii: "\\") {
                escaped = true
                i += 1
            }
            i += 1
        }
        let utf8: UTF8Span
        do {
            utf8 = try UTF8Span(validating: text.extracting(opening + 1..<i))
        } catch {
            throw JSONError(position: opening + 1 + error.byteOffsets.lowerBound, reason: "this is not UTF-8")
        }
        return (escaped ? try Self.unescape(text, opening + 1..<i) : String(copying: utf8), i + 1)
    }

    /// Resolves the escapes of a run that is known to be UTF-8, and in which no escape is cut by the end.
    private static func unescape(_ text: Span<UInt8>, _ run: Range<Int>) throws(JSONError) -> String {
        var plain: [UInt8] = []
        plain.reserveCapacity(run.count)
        var i = run.lowerBound
        while i < run.upperBound {
            let byte = text[i]
            guard byte == UInt8(ascii: "\\") else {
                plain.append(byte)
                i += 1
                continue
            }
            if text[i + 1] == UInt8(ascii: "u") {
                let scalar = try unicodeEscape(text, &i, run.upperBound)
                plain.append(contentsOf: String(Character(scalar)).utf8)
            } else {
                guard let meant = shortEscape(text[i + 1]) else {
                    throw JSONError(position: i + 1, reason: "no such escape")
                }
                plain.append(meant)
                i += 2
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }

    private static func shortEscape(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// `\uXXXX`, or two of them that make a surrogate pair; `i` is on the backslash and is left behind the escape.
    private static func unicodeEscape(
        _ text: Span<UInt8>, _ i: inout Int, _ end: Int
    ) throws(JSONError) -> Unicode.Scalar {
        let place = i
        let first = try hexDigits(text, &i, end)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, i + 1 < end, text[i] == UInt8(ascii: "\\"), text[i + 1] == UInt8(ascii: "u") else {
            throw JSONError(position: place, reason: "half of a surrogate pair")
        }
        let second = try hexDigits(text, &i, end)
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw JSONError(position: place, reason: "half of a surrogate pair") }
        return scalar
    }

    private static func hexDigits(_ text: Span<UInt8>, _ i: inout Int, _ end: Int) throws(JSONError) -> UInt32 {
        i += 2
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard i < end, let digit = Character(Unicode.Scalar(text[i])).hexDigitValue else {
                throw JSONError(position: i, reason: "expected four hexadecimal digits after \\u")
            }
            value = value << 4 | UInt32(digit)
            i += 1
        }
        return value
    }
}
