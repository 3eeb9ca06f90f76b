import HTTP
import Testing

@Suite("Entity tags")
struct ETagTests {
    @Test(
        "If-None-Match is compared weakly",
        arguments: [
            ("\"a\"", true), ("W/\"a\"", true), ("\"b\"", false), ("*", true), (" * ", true), ("\"b\", \"a\"", true),
            ("\"b,a\", \"a\"", true),
            ("\"b,a\"", false), ("a", false), ("", false), ("\"a", false), ("w/\"a\"", false), ("\"A\"", false),
        ])
    func ifNoneMatch(field: String, expected: Bool) {
        #expect(ETag("a").isNamed(byIfNoneMatch: field) == expected)
        #expect(ETag("a", isWeak: true).isNamed(byIfNoneMatch: field) == expected)
    }

    @Test(
        "If-Range is compared strongly, and a date never holds",
        arguments: [
            ("\"a\"", true), ("W/\"a\"", false), ("\"b\"", false), ("Sun, 06 Nov 1994 08:49:37 GMT", false),
            ("", false),
        ])
    func ifRange(field: String, expected: Bool) {
        #expect(ETag("a").holds(forIfRange: field) == expected)
        #expect(!ETag("a", isWeak: true).holds(forIfRange: field))
    }

    @Test("a tag is written as it is read")
    func description() {
        for text in ["\"a\"", "W/\"a\"", "\"\""] { #expect(ETag(parsing: text)?.description == text) }
        for text in ["a", "\"", "\"a b\"", "\"a\"b\"", "W/a"] { #expect(ETag(parsing: text) == nil) }
    }
}

@Suite("Ranges")
struct ByteRangeTests {
    @Test(
        "one range of a hundred bytes",
        arguments: [
            (nil, .whole), ("bytes=0-49", .part(0..<50)), ("bytes=50-", .part(50..<100)),
            ("bytes=-10", .part(90..<100)),
            ("bytes=0-0", .part(0..<1)), ("bytes=99-99", .part(99..<100)), ("bytes=90-200", .part(90..<100)),
            ("bytes=-200", .part(0..<100)), ("Bytes=0-1", .part(0..<2)), ("bytes= 0-1 ", .part(0..<2)),
            ("bytes=100-", .unsatisfiable), ("bytes=100-200", .unsatisfiable), ("bytes=-0", .unsatisfiable),
            ("bytes=99999999999999999999-", .unsatisfiable), ("bytes=0-99999999999999999999", .part(0..<100)),
            ("bytes=5-4", .whole), ("bytes=0-1,3-4", .whole), ("bytes=", .whole), ("bytes=-", .whole),
            ("bytes=a-b", .whole),
            ("bytes=+1-2", .whole), ("bytes=1--2", .whole), ("lines=0-1", .whole), ("0-1", .whole),
            ("bytes 0-1", .whole), ("", .whole),
        ] as [(String?, ByteRange)])
    func parse(field: String?, expected: ByteRange) {
        #expect(ByteRange(parsing: field, size: 100) == expected)
    }

    @Test("of nothing, nothing can be had")
    func empty() {
        #expect(ByteRange(parsing: "bytes=0-", size: 0) == .unsatisfiable)
        #expect(ByteRange(parsing: "bytes=-1", size: 0) == .unsatisfiable)
    }

    @Test("Content-Range names what is sent")
    func contentRange() {
        #expect(ByteRange.part(0..<50).contentRange(size: 100) == "bytes 0-49/100")
        #expect(ByteRange.unsatisfiable.contentRange(size: 100) == "bytes */100")
        #expect(ByteRange.whole.contentRange(size: 100) == nil)
    }
}

@Suite("Dates")
struct HTTPDateTests {
    @Test(
        "the format of HTTP",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ])
    func format(seconds: Int, expected: String) {
        #expect(HTTPDate.format(secondsSinceEpoch: seconds) == expected)
    }
}
