import Testing
import TextNumbers

struct Base64Tests {
    @Test(
        "RFC 4648, section 10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func vectors(_ plain: String, _ text: String) throws {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(try Base64.decode(text) == Array(plain.utf8))
    }

    @Test func everyLengthAndByteComesBack() throws {
        for length in 0...260 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7 + length) }
            #expect(try Base64.decode(Base64.encode(bytes.span).span) == bytes)
        }
    }

    @Test(
        "refuses, and says where",
        arguments: [
            ("Z", 1, "ends early"), ("Zg", 2, "ends early"), ("Zg=", 3, "ends early"), ("Zm9vY", 5, "ends early"),
            ("Zm9\n", 3, "not a character"), ("Zm-_", 2, "not a character"), ("Z===", 1, "not a character"),
            ("====", 0, "not a character"), ("=m9v", 0, "not a character"), ("Zg==Zg==", 2, "not a character"),
            ("Zm=v", 2, "not a character"), ("Zm9vé==", 4, "not a character"), ("Zm9é", 5, "ends early"),
            ("Zé9", 1, "not a character"), ("Zh==", 1, "stand for nothing"), ("Zm9=", 2, "stand for nothing"),
            ("Zm 9", 2, "not a character"), ("\0AAA", 0, "not a character"),
        ])
    func strict(_ text: String, _ position: Int, _ reason: String) {
        let error = #expect(throws: JSONError.self) { try Base64.decode(text) }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
        #expect(error?.position == position)
    }
}
