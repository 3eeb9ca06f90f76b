import HTTP
import Testing

/// Each limit at one below, at, and one above; in one piece and byte by byte.
@Suite("Limits")
struct HTTPLimitsTests {
    struct Limit: Sendable, CustomTestStringConvertible {
        let name: String
        let limit: Int
        let status: Int
        /// A complete request of which exactly `count` bytes (or lines) count against the limit.
        let request: @Sendable (Int) -> String
        var testDescription: String { name }
    }

    private static func repeated(_ count: Int) -> String { String(repeating: "a", count: count) }
    private static let post = "POST / HTTP/1.1\r\nHost: a\r\n"
    private static let chunked = post + "Transfer-Encoding: chunked\r\n\r\n"

    static let small: HTTPLimits = {
        var limits = HTTPLimits()
        limits.target = 100
        limits.headerSection = 200
        limits.headerFields = 5
        limits.body = 50
        limits.chunkExtension = 20
        limits.chunkExtensions = 40
        limits.trailerSection = 60
        limits.trailerFields = 4
        return limits
    }()

    static let all: [Limit] = [
        Limit(name: "method", limit: 32, status: 501) { "\(repeated($0)) / HTTP/1.1\r\nHost: a\r\n\r\n" },
        Limit(name: "target", limit: 100, status: 414) { "GET /\(repeated($0 - 1)) HTTP/1.1\r\nHost: a\r\n\r\n" },
        Limit(name: "header section", limit: 200, status: 431) { count in
            // "Host: a", "X: …" and three line ends: 9 + 3 + 2 + 2 bytes without the value.
            "GET / HTTP/1.1\r\nHost: a\r\nX: \(repeated(count - 16))\r\n\r\n"
        },
        Limit(name: "one field name", limit: 200, status: 431) { count in
            "GET / HTTP/1.1\r\nHost: a\r\n\(repeated(count - 14)):\r\n\r\n"
        },
        Limit(name: "header fields", limit: 5, status: 431) { count in
            "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: a\r\n", count: count - 1))\r\n"
        },
        Limit(name: "declared body", limit: 50, status: 413) { "\(post)Content-Length: \($0)\r\n\r\n\(repeated($0))" },
        Limit(name: "one chunk", limit: 50, status: 413) { count in
            "\(chunked)\(String(count, radix: 16))\r\n\(repeated(count))\r\n0\r\n\r\n"
        },
        Limit(name: "chunks together", limit: 50, status: 413) { count in
            "\(chunked)\(String(repeating: "1\r\na\r\n", count: count))0\r\n\r\n"
        },
        Limit(name: "chunk size digits", limit: 16, status: 400) { count in
            "\(chunked)\(String(repeating: "0", count: count - 1))1\r\na\r\n0\r\n\r\n"
        },
        Limit(name: "chunk extension", limit: 20, status: 400) { count in
            // The semicolon belongs to the size's line, the carriage return to the extension.
            "\(chunked)1;\(repeated(count - 1))\r\na\r\n0\r\n\r\n"
        },
        Limit(name: "chunk extensions together", limit: 40, status: 400) { count in
            "\(chunked)\(String(repeating: "1;aaaaaa\r\na\r\n", count: 5))1;\(repeated(count - 36))\r\na\r\n0\r\n\r\n"
        },
        Limit(name: "trailer section", limit: 60, status: 431) { "\(chunked)0\r\nX: \(repeated($0 - 7))\r\n\r\n" },
        Limit(name: "trailer fields", limit: 4, status: 431) { count in
            "\(chunked)0\r\n\(String(repeating: "X: a\r\n", count: count))\r\n"
        },
    ]

    @Test("one below and at the limit pass, one above is refused", arguments: all)
    func around(_ limit: Limit) {
        for size in [1, Int.max] {
            for count in [limit.limit - 1, limit.limit] {
                let result = outcome(of: Array(limit.request(count).utf8), inPiecesOf: size, limits: Self.small)
                guard case .kept = result else {
                    Issue.record("\(count) gave \(result)")
                    continue
                }
            }
            let above = outcome(of: Array(limit.request(limit.limit + 1).utf8), inPiecesOf: size, limits: Self.small)
            #expect(above == .refused(limit.status))
        }
    }

    @Test(
        "an endless part is refused as soon as the limit is passed, without an end in sight",
        arguments: [
            ("", 501), ("GET /", 414), ("GET / HTTP/1.1\r\n", 431), ("GET / HTTP/1.1\r\nX: ", 431),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ", 431),
        ])
    func endless(start: String, status: Int) {
        #expect(outcome(of: Array((start + Self.repeated(300)).utf8), limits: Self.small) == .refused(status))
    }

    @Test("the defaults are those of the contract")
    func defaults() {
        let limits = HTTPLimits()
        #expect(limits.headerSection == 32 * 1024 && limits.headerFields == 100 && limits.target == 8 * 1024)
        #expect(limits.body == 256 * 1024 * 1024)
    }
}
