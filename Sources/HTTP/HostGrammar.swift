/// Who is addressed: `host[:port]` of a `Host` field or an absolute target (RFC 3986, 3.2.2).
enum HostGrammar {
    /// Whether `text` is a host name, an IPv4 address or an IPv6 address in brackets, with or without a port.
    ///
    /// Narrower than RFC 3986: no user information, no empty host, none of the sub-delimiters that no name in
    /// use has, for a `Host` with a comma, an `@` or a slash is somebody's attempt to be routed twice.
    static func isValid(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first else { return false }
        let hostEnd = first == UInt8(ascii: "[") ? endOfLiteral(bytes) : endOfName(bytes)
        guard let hostEnd, hostEnd > 0 else { return false }
        guard hostEnd < bytes.count else { return true }
        guard bytes[hostEnd] == UInt8(ascii: ":") else { return false }
        return isPort(bytes[(hostEnd + 1)...])
    }

    private static func endOfLiteral(_ bytes: [UInt8]) -> Int? {
        guard let close = bytes.firstIndex(of: UInt8(ascii: "]")), close >= 3 else { return nil }
        let address = bytes[1..<close]
        guard address.contains(UInt8(ascii: ":")) else { return nil }
        let isAddress = address.allSatisfy {
            $0.hexValue != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
        }
        return isAddress ? close + 1 : nil
    }

    private static func endOfName(_ bytes: [UInt8]) -> Int? {
        var index = 0
        while index < bytes.count {
            if ByteSet.hostName.contains(bytes[index]) {
                index += 1
            } else if bytes[index] == UInt8(ascii: "%") {
                guard index + 2 < bytes.count, bytes[index + 1].hexValue != nil, bytes[index + 2].hexValue != nil
                else { return nil }
                index += 3
            } else {
                break
            }
        }
        return index
    }

    /// Empty (RFC 3986 allows the bare colon), or a number up to 65535.
    private static func isPort(_ digits: ArraySlice<UInt8>) -> Bool {
        guard digits.count <= 5, digits.allSatisfy(\.isDigit) else { return false }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 65_535
    }
}
