/// The header of a `.npy` file (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html):
///
///     "\x93NUMPY" | version, 2 bytes | length of the text, 2 bytes (version 1) or 4 | text | elements
///     {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }            padded with spaces to a multiple of 64
struct NpyHeader: Equatable {
    static let maximumLength = 1 << 16
    static let maximumRank = 64
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    var type: ElementType
    var isColumnMajor = false
    var shape: [Int]

    init(type: ElementType, shape: [Int]) {
        self.type = type
        self.shape = shape
    }

    /// Magic, version, length and text.
    /// - Precondition: numpy knows the type.
    var encoded: [UInt8] {
        guard let name = type.numpyName else { preconditionFailure("numpy has no \(type.torchName)") }
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let order = isColumnMajor ? "True" : "False"
        var text = Array("{'descr': '\(name)', 'fortran_order': \(order), 'shape': (\(extents)), }".utf8)
        let unpadded = NpyHeader.magic.count + 4 + text.count + 1
        text += [UInt8](repeating: UInt8(ascii: " "), count: (64 - unpadded % 64) % 64) + [UInt8(ascii: "\n")]
        return NpyHeader.magic + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)] + text
    }

    /// Reads the header; also gives where the elements begin.
    static func parse(_ bytes: Span<UInt8>) throws(ArchiveError) -> (header: NpyHeader, start: Int) {
        guard bytes.count >= 10, magic.indices.allSatisfy({ bytes[$0] == magic[$0] }) else {
            throw ArchiveError("not a .npy file: it does not begin with its signature")
        }
        let version = bytes[6]
        guard (1...3).contains(version), bytes[7] == 0 else {
            throw ArchiveError(".npy version \(version).\(bytes[7]) is not known")
        }
        let digits = version == 1 ? 2 : 4
        let start = 8 + digits
        guard bytes.count >= start else { throw ArchiveError("the .npy header is cut off") }
        let length = (8..<start).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
        guard length <= maximumLength else {
            throw ArchiveError("the .npy header claims \(length) bytes, more than the limit of \(maximumLength)")
        }
        guard length <= bytes.count - start else { throw ArchiveError("the .npy header is cut off") }
        var parser = NpyHeaderParser([UInt8](copying: bytes.extracting(start..<(start + length))))
        return (try parser.header(), start + length)
    }
}
