/// The texts of pickles.
enum PickleText {
    /// Python 3's `str`. Halves of surrogate pairs, which Python can write, are refused.
    static func unicode(_ bytes: [UInt8]) throws(PickleProblem) -> PickleValue {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformedText("is not UTF-8") }
        return .text(text)
    }

    /// Python 2's `str`, of which nobody knows whether it is text.
    static func ofPython2(_ bytes: [UInt8]) -> PickleValue {
        String(validating: bytes, as: UTF8.self).map { .text($0) } ?? .bytes(bytes)
    }

    /// Protocol 0: between quotes, with the escapes of Python's `repr`.
    static func quoted(_ line: String) throws(PickleProblem) -> PickleValue {
        let letters = Array(line.utf8)
        guard letters.count >= 2, let quote = letters.first, quote == letters.last,
            quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
        else { throw .malformedText("is not between quotes") }
        var bytes: [UInt8] = []
        var rest = letters[1..<(letters.count - 1)]
        while let letter = rest.popFirst() {
            bytes.append(letter == UInt8(ascii: "\\") ? try escaped(&rest) : letter)
        }
        return ofPython2(bytes)
    }

    private static func escaped(_ rest: inout ArraySlice<UInt8>) throws(PickleProblem) -> UInt8 {
        switch rest.popFirst().map(Unicode.Scalar.init) {
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case let letter? where "\\'\"".unicodeScalars.contains(letter): return UInt8(ascii: letter)
        case "x":
            guard let digits = String(validating: rest.prefix(2), as: UTF8.self), rest.count >= 2,
                let byte = UInt8(digits, radix: 16)
            else { break }
            rest = rest.dropFirst(2)
            return byte
        default: break
        }
        throw .malformedText("has an escape that is not read")
    }
}
