/// A comma-separated list whose elements may carry a weight, as in `gzip, br;q=0.5` (RFC 9110, 12.4.2).
struct QualityList: Sendable {
    struct Element: Sendable {
        /// With its parameters but without the weight.
        var text: String
        /// Thousandths, 0 to 1000.
        var weight: Int
    }

    /// The well-formed elements in the order given. A malformed one is left out: it asks for nothing we have.
    let elements: [Element]

    init(parsing text: String) {
        elements = Self.split(text).compactMap(Self.element)
    }

    private static func element(_ text: Substring) -> Element? {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(\.trimmingBlanks)
        guard let first = parts.first, !first.isEmpty else { return nil }
        var element = Element(text: String(first), weight: 1000)
        for part in parts.dropFirst() {
            if part.prefix(2).lowercased() == "q=" {
                guard let weight = thousandths(part.dropFirst(2)) else { return nil }
                element.weight = weight
                // What follows the weight are extensions of Accept that nobody uses (RFC 9110, 12.5.1).
                break
            }
            element.text += ";" + part
        }
        return element
    }

    /// `0`, `1`, or with up to three decimals, in thousandths.
    private static func thousandths(_ text: Substring) -> Int? {
        let digits = Array(text.utf8)
        guard let first = digits.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1"), digits.count <= 5
        else { return nil }
        guard digits.count == 1 || digits[1] == UInt8(ascii: ".") else { return nil }
        var value = first == UInt8(ascii: "1") ? 1000 : 0
        var place = 100
        for digit in digits.dropFirst(2) {
            guard digit.isDigit else { return nil }
            value += Int(digit - 0x30) * place
            place /= 10
        }
        return value <= 1000 ? value : nil
    }

    /// Splits at commas outside of quotes.
    private static func split(_ text: String) -> [Substring] {
        var isQuoted = false
        return text.split { character in
            if character == "\"" { isQuoted.toggle() }
            return character == "," && !isQuoted
        }
    }
}
