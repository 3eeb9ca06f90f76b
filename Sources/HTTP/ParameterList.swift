/// A value with parameters, as in `form-data; name="a b"; filename=x` (RFC 9110, 5.6.6).
struct ParameterList: Sendable {
    /// How a backslash in a quoted string is read.
    enum Escapes: Sendable {
        /// It escapes whatever follows (RFC 9110, 5.6.4).
        case any
        /// It escapes only a quote or a backslash. Browsers send the backslashes of a Windows path bare.
        case quotesOnly
    }

    let value: String
    let parameters: [(name: String, value: String)]

    /// - Returns: `nil` when `text` is malformed: a parameter without `=`, a name or value that is neither token
    ///   nor quoted string, an open quote, a repeated name.
    init?(parsing text: String, escapes: Escapes = .any) {
        var scanner = Scanner(rest: Array(text.utf8)[...], escapes: escapes)
        let value = scanner.upToSemicolon().trimmingBlanks
        guard !value.isEmpty else { return nil }
        var parameters: [(name: String, value: String)] = []
        while scanner.skip(UInt8(ascii: ";")) {
            scanner.skipBlanks()
            if scanner.isAtEnd || scanner.isAt(UInt8(ascii: ";")) { continue }
            guard let name = scanner.token()?.lowercased(), scanner.skip(UInt8(ascii: "=")),
                let value = scanner.tokenOrQuoted(), !parameters.contains(where: { $0.name == name })
            else { return nil }
            scanner.skipBlanks()
            parameters.append((name, value))
        }
        guard scanner.isAtEnd else { return nil }
        self.value = String(value)
        self.parameters = parameters
    }

    subscript(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    private struct Scanner {
        var rest: ArraySlice<UInt8>
        let escapes: Escapes

        var isAtEnd: Bool { rest.isEmpty }

        func isAt(_ byte: UInt8) -> Bool { rest.first == byte }

        mutating func skip(_ byte: UInt8) -> Bool {
            guard rest.first == byte else { return false }
            rest.removeFirst()
            return true
        }

        mutating func skipBlanks() {
            while let byte = rest.first, byte.isBlank { rest.removeFirst() }
        }

        mutating func upToSemicolon() -> String {
            let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
            defer { rest = rest[end...] }
            return String(decoding: rest[..<end], as: UTF8.self)
        }

        mutating func token() -> String? {
            let end = rest.firstIndex { !ByteSet.token.contains($0) } ?? rest.endIndex
            guard end > rest.startIndex else { return nil }
            defer { rest = rest[end...] }
            return String(decoding: rest[..<end], as: UTF8.self)
        }

        mutating func tokenOrQuoted() -> String? {
            guard skip(UInt8(ascii: "\"")) else { return token() }
            var bytes: [UInt8] = []
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "\"") { return String(decoding: bytes, as: UTF8.self) }
                guard byte == UInt8(ascii: "\\"), let next = rest.first, isEscapable(next) else {
                    bytes.append(byte)
                    continue
                }
                rest.removeFirst()
                bytes.append(next)
            }
            return nil
        }

        private func isEscapable(_ byte: UInt8) -> Bool {
            escapes == .any || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
        }
    }
}
