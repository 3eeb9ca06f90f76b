/// A set of ASCII bytes as 128 bits, for the character classes of the grammars.
///
/// Membership is two shifts and no memory access, which is what the scanners do once a byte.
struct ByteSet: Sendable {
    private let low: UInt64
    private let high: UInt64

    /// Bit *b* of `low` stands for byte *b*, bit *b* of `high` for byte 64 + *b*.
    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let word = byte < 64 ? low : high
        return byte < 128 && (word >> UInt64(byte & 63)) & 1 == 1
    }

    /// `tchar` of RFC 9110, 5.6.2: letters, digits and ``!#$%&'*+-.^_`|~``.
    static let token = ByteSet(low: 0x03ff_6cfa_0000_0000, high: 0x57ff_ffff_c7ff_fffe)
    /// What a request target may hold: every visible ASCII character but `#`. Wider than RFC 3986 by the
    /// few characters (`{}|^"<>` and the like) that command lines and browsers send unescaped in queries.
    static let target = ByteSet(low: 0xffff_fff6_0000_0000, high: 0x7fff_ffff_ffff_ffff)
    /// What a host name may hold beside percent escapes: letters, digits and `-._~`.
    static let hostName = ByteSet(low: 0x03ff_6000_0000_0000, high: 0x47ff_fffe_87ff_fffe)
    /// `bchars` of RFC 2046, 5.1.1: what a multipart boundary may hold.
    static let boundary = ByteSet(low: 0xa7ff_fb81_0000_0000, high: 0x07ff_fffe_87ff_fffe)
}

extension UInt8 {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20

    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    var isBlank: Bool { self == .space || self == .tab }
    /// What a field's value may hold: visible characters, blanks, and bytes beyond ASCII (`obs-text`).
    var isFieldValue: Bool { (self >= 0x20 && self != 0x7F) || self == .tab }

    /// The value of a hexadecimal digit, or `nil`.
    var hexValue: Int? {
        switch self {
        case 0x30...0x39: Int(self) - 0x30
        case 0x41...0x46: Int(self) - 0x41 + 10
        case 0x61...0x66: Int(self) - 0x61 + 10
        default: nil
        }
    }

    /// The byte as it is shown in an error: `'a'` or `0x16`.
    var shown: String {
        self > 0x20 && self < 0x7F
            ? "'\(Character(Unicode.Scalar(self)))'" : "0x" + (self < 16 ? "0" : "") + String(self, radix: 16)
    }
}

extension StringProtocol {
    /// Without the blanks (space, tab) at both ends; other white space stays, for it is not optional there.
    var trimmingBlanks: Substring {
        var rest = Substring(self)
        while let byte = rest.utf8.first, byte.isBlank { rest.removeFirst() }
        while let byte = rest.utf8.last, byte.isBlank { rest.removeLast() }
        return rest
    }

    /// Whether all of it is one token (RFC 9110, 5.6.2).
    var isToken: Bool { !isEmpty && utf8.allSatisfy(ByteSet.token.contains) }
}
