/// A number as it stands in a JSON text.
struct JSONNumber {
    /// Correctly rounded.
    var value: Double
    /// Set when the text has neither fraction nor exponent and fits 64 bits.
    var integer: Int64?

    /// Longer numbers are refused: no float64 needs more than some 770 digits.
    static let maximumLength = 4_096

    /// Reads one number at `i` and leaves `i` behind it.
    ///
    /// Up to 19 digits are gathered in an integer. When it stays below 2^53 and the power of ten is at most 22, both
    /// are exact in float64, so one multiplication or division rounds correctly (W. D. Clinger, "How to read floating
    /// point numbers accurately", 1990). What falls outside goes through the standard library.
    @inline(__always)
    static func scan(_ text: Span<UInt8>, _ i: inout Int) throws(JSONError) -> JSONNumber {
        let start = i
        let negative = i < text.count && text[i] == UInt8(ascii: "-")
        if negative { i += 1 }
        var mantissa: UInt64 = 0
        var significant = 0  // digits since the first that is not zero

        let whole = i
        digits(text, &i, &mantissa, &significant)
        if i == whole { throw JSONError(position: i, reason: "expected a digit") }
        if text[whole] == UInt8(ascii: "0"), i > whole + 1 {
            throw JSONError(position: whole, reason: "a number must not begin with 0")
        }

        var exponent = 0
        var isInteger = true
        if i < text.count, text[i] == UInt8(ascii: ".") {
            isInteger = false
            i += 1
            let fraction = i
            digits(text, &i, &mantissa, &significant)
            if i == fraction { throw JSONError(position: i, reason: "expected a digit after the decimal point") }
            exponent = fraction - i
        }
        if i < text.count, text[i] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            exponent += try self.exponent(text, &i)
        }

        if significant <= 19 {
            let magnitude = Int64(exactly: mantissa)
            let integer = isInteger ? magnitude.map { negative ? -$0 : $0 } : nil
            if mantissa == 0 { return JSONNumber(value: negative ? -0.0 : 0, integer: integer) }
            if mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
                let power = powersOfTen[abs(exponent)]
                let value = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
                return JSONNumber(value: negative ? -value : value, integer: integer)
            }
            return JSONNumber(
                value: try slowly(text, start..<i), integer: integer ?? smallest(isInteger, negative, mantissa))
        }
        return JSONNumber(value: try slowly(text, start..<i), integer: nil)
    }

    /// -2^63 is the one integer whose magnitude does not fit.
    private static func smallest(_ isInteger: Bool, _ negative: Bool, _ mantissa: UInt64) -> Int64? {
        isInteger && negative && mantissa == 1 << 63 ? Int64.min : nil
    }

    @inline(__always)
    private static func digits(_ text: Span<UInt8>, _ i: inout Int, _ mantissa: inout UInt64, _ significant: inout Int)
    {
        while i < text.count {
            let digit = text[i] &- UInt8(ascii: "0")
            guard digit <= 9 else { return }
            mantissa = mantissa &* 10 &+ UInt64(digit)  // meaningless, and unused, beyond 19 digits
            significant += mantissa != 0 || significant > 0 ? 1 : 0
            i += 1
        }
    }

    private static func exponent(_ text: Span<UInt8>, _ i: inout Int) throws(JSONError) -> Int {
        i += 1
        var negative = false
        if i < text.count, text[i] == UInt8(ascii: "-") || text[i] == UInt8(ascii: "+") {
            negative = text[i] == UInt8(ascii: "-")
            i += 1
        }
        let start = i
        var value = 0
        while i < text.count, text[i] &- UInt8(ascii: "0") <= 9 {
            value = min(value * 10 + Int(text[i] &- UInt8(ascii: "0")), 1_000_000)
            i += 1
        }
        if i == start { throw JSONError(position: i, reason: "expected a digit in the exponent") }
        return negative ? -value : value
    }

    @inline(never)
    private static func slowly(_ text: Span<UInt8>, _ place: Range<Int>) throws(JSONError) -> Double {
        guard place.count <= maximumLength else {
            throw JSONError(position: place.lowerBound, reason: "a number longer than \(maximumLength) bytes")
        }
        // Digits, sign, point and exponent only: always UTF-8, and always a number to Swift.
        guard let utf8 = try? UTF8Span(validating: text.extracting(place)), let value = Double(String(copying: utf8)),
            value.isFinite
        else { throw JSONError(position: place.lowerBound, reason: "this number does not fit a 64-bit float") }
        return value
    }
}

/// 10^0 … 10^22: the powers of ten that float64 holds exactly.
private let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
]
