import Testing

@testable import HTTP

/// The bit masks against the characters that the RFCs list.
@Suite("Byte sets")
struct ByteSetTests {
    private static let alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    @Test(
        "each set holds exactly its characters",
        arguments: [
            (ByteSet.token, "!#$%&'*+-.^_`|~" + alphanumeric),
            (ByteSet.target, String(decoding: (0x21...0x7E).filter { $0 != 0x23 }, as: UTF8.self)),
            (ByteSet.hostName, "-._~" + alphanumeric), (ByteSet.boundary, "'()+_,-./:=? " + alphanumeric),
        ])
    func members(set: ByteSet, characters: String) {
        for byte in UInt8.min...UInt8.max { #expect(set.contains(byte) == characters.utf8.contains(byte), "\(byte)") }
    }
}
