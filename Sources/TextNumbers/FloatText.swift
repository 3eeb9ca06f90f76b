/// Writes float32 as JSON text: plain from 10⁻⁵ to below 10⁹ (`0.125`, `3.0`), with an exponent beyond (`1.5e-7`).
/// Always with a point or an exponent, so that a reader that tells integers from floats sees a float.
enum FloatText {
    /// More than any text here takes; the longest is like `-1.1754944e-38`.
    static let maximumLength = 24

    /// Puts the text of a finite `value` into `line` from `start` on and returns the index behind it.
    @inline(__always)
    static func write(_ value: Float, into line: inout MutableSpan<UInt8>, at start: Int, powers: [UInt64]) -> Int {
        var at = start
        if value.sign == .minus {
            line[at] = UInt8(ascii: "-")
            at += 1
        }
        var number = ShortestFloat(value.magnitude, powers: powers)
        while number.digits % 10 == 0, number.digits != 0 {
            number.digits /= 10
            number.exponent += 1
        }
        let count = digitCount(number.digits)
        let point = count + number.exponent  // digits before the decimal point
        if number.digits == 0 { return zeros(2, &line, at, pointAfter: 1) }
        if point > 9 || point < -4 { return scientific(number, count, point, &line, at) }
        if point <= 0 {
            at = zeros(1 - point, &line, at, pointAfter: 1)
            return put(number.digits, count, &line, at)
        }
        if number.exponent >= 0 {
            at = put(number.digits, count, &line, at)
            return zeros(number.exponent + 1, &line, at, pointAfter: number.exponent)
        }
        // The point falls among the digits: write them one place to the right, then move those before it back.
        let end = put(number.digits, count, &line, at + 1)
        for i in at..<at + point { line[i] = line[i + 1] }
        line[at + point] = UInt8(ascii: ".")
        return end
    }

    private static func scientific(
        _ number: ShortestFloat, _ count: Int, _ point: Int, _ line: inout MutableSpan<UInt8>, _ start: Int
    ) -> Int {
        var at = start
        if count == 1 {
            at = put(number.digits, 1, &line, at)
        } else {
            let end = put(number.digits, count, &line, at + 1)
            line[at] = line[at + 1]
            line[at + 1] = UInt8(ascii: ".")
            at = end
        }
        line[at] = UInt8(ascii: "e")
        at += 1
        let exponent = point - 1
        if exponent < 0 {
            line[at] = UInt8(ascii: "-")
            at += 1
        }
        let magnitude = UInt32(exponent.magnitude)
        return put(magnitude, digitCount(magnitude), &line, at)
    }

    @inline(__always)
    private static func put(_ digits: UInt32, _ count: Int, _ line: inout MutableSpan<UInt8>, _ at: Int) -> Int {
        var rest = digits
        var i = at + count
        while i > at {
            i -= 1
            line[i] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        return at + count
    }

    /// `count` zeros with a point after the first `pointAfter` of them.
    @inline(__always)
    private static func zeros(_ count: Int, _ line: inout MutableSpan<UInt8>, _ at: Int, pointAfter: Int) -> Int {
        for i in 0...count { line[at + i] = i == pointAfter ? UInt8(ascii: ".") : UInt8(ascii: "0") }
        return at + count + 1
    }

    @inline(__always)
    private static func digitCount(_ digits: UInt32) -> Int {
        switch digits {
        case ..<10: 1
        case ..<100: 2
        case ..<1_000: 3
        case ..<10_000: 4
        case ..<100_000: 5
        case ..<1_000_000: 6
        case ..<10_000_000: 7
        case ..<100_000_000: 8
        case ..<1_000_000_000: 9
        default: 10
        }
    }
}
