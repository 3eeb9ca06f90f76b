extension FramingCase {
    private static func field(
        _ strength: Strength, _ name: String, _ lines: String, _ outcome: Outcome = .kept(body: "")
    ) -> FramingCase {
        FramingCase(strength, name, "GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n", outcome)
    }

    static let fields: [FramingCase] = [
        field(.must, "an empty value", "X:\r\n"),
        field(.must, "a value of blanks", "X: \t \r\n"),
        field(.must, "a tab inside a value", "X: a\tb\r\n"),
        field(.must, "a colon inside a value", "X: a:b\r\n"),
        field(.must, "a value beyond ASCII", "X: é\r\n"),
        FramingCase(
            .may, "a value that is not UTF-8",
            Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + [0xFF] + Array("\r\n\r\n".utf8),
            .kept(body: "")),
        field(.must, "a name of all token characters", "!#$%&'*+-.^_`|~9aZ: b\r\n"),
        field(.must, "a repeated unknown field", "X: a\r\nX: b\r\n"),
        field(.must, "cookies in two lines", "Cookie: a=b\r\nCookie: c=d\r\n"),
        field(.must, "Upgrade is ignored", "Upgrade: h2c\r\nConnection: upgrade, http2-settings\r\n"),
        field(.must, "an underscore is not a dash", "Content_Length: 5\r\n"),

        field(.must, "a space before the colon", "X : a\r\n", .refused(400)),
        field(.must, "a tab before the colon", "X\t: a\r\n", .refused(400)),
        field(.must, "no colon", "X\r\n", .refused(400)),
        field(.must, "an empty name", ": a\r\n", .refused(400)),
        field(.must, "a folded line", "X: a\r\n b\r\n", .refused(400)),
        field(.must, "a line folded with a tab", "X: a\r\n\tb\r\n", .refused(400)),
        field(.must, "a folded line without text", "X: a\r\n \r\n", .refused(400)),
        FramingCase(
            .must, "a blank before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", .refused(400)),
        field(.must, "a bare LF after a value", "X: a\nY: b\r\n", .refused(400)),
        field(.must, "a bare CR inside a value", "X: a\rb\r\n", .refused(400)),
        field(.must, "two carriage returns", "X: a\r\r\n", .refused(400)),
        FramingCase(.must, "a bare LF as the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n", .refused(400)),
        FramingCase(.must, "a CR without LF as the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\rX", .refused(400)),
        field(.must, "a NUL inside a value", "X: a\0b\r\n", .refused(400)),
        field(.must, "a NUL inside a name", "X\0: a\r\n", .refused(400)),
        field(.may, "a control inside a value", "X: a\u{1}b\r\n", .refused(400)),
        field(.may, "a vertical tab inside a value", "X: a\u{B}b\r\n", .refused(400)),
        field(.may, "a DEL inside a value", "X: a\u{7F}b\r\n", .refused(400)),
        field(.must, "a name beyond ASCII", "É: a\r\n", .refused(400)),
        field(.must, "a parenthesis in a name", "X(: a\r\n", .refused(400)),
        field(.must, "a slash in a name", "X/Y: a\r\n", .refused(400)),
        field(.must, "brackets in a name", "X[]: a\r\n", .refused(400)),
        field(.must, "a quoted name", "\"X\": a\r\n", .refused(400)),
        field(.must, "a space inside a name", "X Y: a\r\n", .refused(400)),
        field(.must, "a second request line", "GET / HTTP/1.1\r\n", .refused(400)),
        field(.must, "an unknown expectation", "Expect: cake\r\n", .refused(417)),
        field(.must, "a list of expectations", "Expect: 100-continue, cake\r\n", .refused(417)),
        field(.must, "an empty expectation", "Expect:\r\n", .refused(417)),
        field(.must, "an expectation of nothing to send", "Expect: 100-continue\r\n"),
        FramingCase(.must, "half a field", "GET / HTTP/1.1\r\nHost: a\r\nX", .waits),
        FramingCase(.must, "no empty line yet", "GET / HTTP/1.1\r\nHost: a\r\n", .waits),
    ]

    static let persistence: [FramingCase] = [
        field(.must, "Connection: close", "Connection: close\r\n", .closed(body: "")),
        field(.must, "Connection: CLOSE", "Connection: CLOSE\r\n", .closed(body: "")),
        field(.must, "close in a list", "Connection: keep-alive, close\r\n", .closed(body: "")),
        field(.must, "close in a second line", "Connection: x\r\nConnection: close\r\n", .closed(body: "")),
        field(.must, "Connection: keep-alive", "Connection: keep-alive\r\n"),
        field(.must, "a connection option that only ends in close", "Connection: xclose\r\n"),
        field(.must, "an empty Connection", "Connection:\r\n"),
        field(.must, "Connection with empty elements", "Connection: ,,\r\n"),
        FramingCase(.must, "HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", .closed(body: "")),
        FramingCase(.must, "HTTP/1.0 without a Host", "GET / HTTP/1.0\r\n\r\n", .closed(body: "")),
        FramingCase(
            .may, "HTTP/1.0 that asks to stay", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", .closed(body: "")),
        FramingCase(.must, "HTTP/1.0 with two Hosts", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", .refused(400)),
        FramingCase(.must, "HTTP/1.0 with a bad Host", "GET / HTTP/1.0\r\nHost: a@b\r\n\r\n", .refused(400)),
        FramingCase(
            .must, "HTTP/1.0 with a body", "POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi", .closed(body: "hi")),
        FramingCase(
            .must, "HTTP/1.0 ignores 100-continue",
            "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", .closed(body: "hi")),
    ]
}
