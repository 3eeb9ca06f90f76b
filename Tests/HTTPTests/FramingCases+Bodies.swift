extension FramingCase {
    private static func post(
        _ strength: Strength, _ name: String, _ lines: String, _ body: String, _ outcome: Outcome
    ) -> FramingCase {
        FramingCase(strength, name, "POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n" + body, outcome)
    }

    static let lengths: [FramingCase] = [
        post(.must, "a length", "Content-Length: 5\r\n", "hello", .kept(body: "hello")),
        post(.must, "a length of zero", "Content-Length: 0\r\n", "", .kept(body: "")),
        post(.must, "no length is no body", "", "", .kept(body: "")),
        post(.must, "a length with leading zeros", "Content-Length: 0005\r\n", "hello", .kept(body: "hello")),
        post(.must, "blanks around a length", "Content-Length: \t5 \r\n", "hello", .kept(body: "hello")),
        post(
            .must, "a body beyond its length is the next request", "Content-Length: 2\r\n", "hello", .kept(body: "he")),
        post(.must, "a body not yet complete", "Content-Length: 5\r\n", "hell", .waits),
        FramingCase(
            .must, "GET with a body", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi", .kept(body: "hi")),
        post(
            .must, "100-continue with the body at once", "Expect: 100-continue\r\nContent-Length: 2\r\n", "hi",
            .kept(body: "hi")),

        post(.must, "the same length twice", "Content-Length: 5\r\nContent-Length: 5\r\n", "hello", .refused(400)),
        post(.must, "two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n", "hello", .refused(400)),
        post(.must, "lengths in other case", "Content-Length: 5\r\ncontent-length: 5\r\n", "hello", .refused(400)),
        post(.must, "a list of lengths", "Content-Length: 5, 5\r\n", "hello", .refused(400)),
        post(.must, "a list of other lengths", "Content-Length: 5, 6\r\n", "hello", .refused(400)),
        post(.must, "an empty length", "Content-Length:\r\n", "", .refused(400)),
        post(.must, "a signed length", "Content-Length: +5\r\n", "hello", .refused(400)),
        post(.must, "a negative length", "Content-Length: -5\r\n", "", .refused(400)),
        post(.must, "minus zero", "Content-Length: -0\r\n", "", .refused(400)),
        post(.must, "a hexadecimal length", "Content-Length: 0x5\r\n", "hello", .refused(400)),
        post(.must, "a length of hexadecimal digits", "Content-Length: a\r\n", "", .refused(400)),
        post(.must, "a length with an exponent", "Content-Length: 5e0\r\n", "hello", .refused(400)),
        post(.must, "a decimal length", "Content-Length: 5.0\r\n", "hello", .refused(400)),
        post(.must, "a length with an underscore", "Content-Length: 1_0\r\n", "", .refused(400)),
        post(.must, "a length with a blank inside", "Content-Length: 1 0\r\n", "", .refused(400)),
        post(.must, "a quoted length", "Content-Length: \"5\"\r\n", "hello", .refused(400)),
        post(.must, "a length in Arabic digits", "Content-Length: ٥\r\n", "hello", .refused(400)),
        post(.must, "a length with a semicolon", "Content-Length: 5;a\r\n", "hello", .refused(400)),
        post(.must, "a length of text", "Content-Length: five\r\n", "hello", .refused(400)),
        post(.must, "a trailing comma", "Content-Length: 5,\r\n", "hello", .refused(400)),
        post(.should, "a length beyond 64 bits", "Content-Length: 99999999999999999999\r\n", "", .refused(413)),
        post(.should, "a length of 2^63", "Content-Length: 9223372036854775808\r\n", "", .refused(413)),
        post(.should, "a length beyond the limit", "Content-Length: 268435457\r\n", "", .refused(413)),
        post(
            .should, "a length of 300 digits", "Content-Length: \(String(repeating: "1", count: 300))\r\n", "",
            .refused(413)),
    ]

    private static let hello = "5\r\nhello\r\n0\r\n\r\n"
    private static let chunked = "Transfer-Encoding: chunked\r\n"

    static let codings: [FramingCase] = [
        post(.must, "chunked", chunked, hello, .kept(body: "hello")),
        post(.must, "Chunked in any case", "transfer-ENCODING: cHuNkEd\r\n", hello, .kept(body: "hello")),
        post(.must, "blanks around chunked", "Transfer-Encoding: \t chunked \r\n", hello, .kept(body: "hello")),

        post(.must, "chunked and a length", "Content-Length: 5\r\n" + chunked, hello, .refused(400)),
        post(.must, "a length after chunked", chunked + "Content-Length: 5\r\n", hello, .refused(400)),
        post(.must, "chunked and a length of zero", chunked + "Content-Length: 0\r\n", hello, .refused(400)),
        post(
            .must, "an unknown coding and a length", "Transfer-Encoding: x\r\nContent-Length: 1\r\n", "a", .refused(400)
        ),
        post(.must, "chunked twice", chunked + chunked, hello, .refused(400)),
        post(.must, "chunked twice in a list", "Transfer-Encoding: chunked, chunked\r\n", hello, .refused(400)),
        post(.must, "chunked not last", "Transfer-Encoding: chunked, gzip\r\n", hello, .refused(400)),
        post(.must, "chunked not last in two lines", chunked + "Transfer-Encoding: identity\r\n", hello, .refused(400)),
        post(.should, "gzip before chunked", "Transfer-Encoding: gzip, chunked\r\n", hello, .refused(501)),
        post(.should, "gzip in a line before", "Transfer-Encoding: gzip\r\n" + chunked, hello, .refused(501)),
        post(.should, "gzip alone", "Transfer-Encoding: gzip\r\n", hello, .refused(501)),
        post(.should, "identity", "Transfer-Encoding: identity\r\n", "", .refused(501)),
        post(.should, "identity before chunked", "Transfer-Encoding: identity, chunked\r\n", hello, .refused(501)),
        post(.should, "a coding that ends in chunked", "Transfer-Encoding: xchunked\r\n", hello, .refused(501)),
        post(.should, "a coding that begins with chunked", "Transfer-Encoding: chunkedx\r\n", hello, .refused(501)),
        post(.must, "an empty coding", "Transfer-Encoding:\r\n", hello, .refused(400)),
        post(.must, "an empty element", "Transfer-Encoding: , chunked\r\n", hello, .refused(400)),
        post(.must, "a trailing comma", "Transfer-Encoding: chunked,\r\n", hello, .refused(400)),
        post(.must, "a quoted coding", "Transfer-Encoding: \"chunked\"\r\n", hello, .refused(400)),
        post(.must, "a coding with a parameter", "Transfer-Encoding: chunked;q=1\r\n", hello, .refused(400)),
        post(.must, "two codings without a comma", "Transfer-Encoding: chunked gzip\r\n", hello, .refused(400)),
        post(.must, "a vertical tab before chunked", "Transfer-Encoding: \u{B}chunked\r\n", hello, .refused(400)),
        post(.must, "a no-break space before chunked", "Transfer-Encoding: \u{A0}chunked\r\n", hello, .refused(400)),
        post(.must, "a space before the colon", "Transfer-Encoding : chunked\r\n", hello, .refused(400)),
        post(.must, "a folded coding", "Transfer-Encoding:\r\n chunked\r\n", hello, .refused(400)),
        post(.must, "the Kelvin sign is not a k", "Transfer-Encoding: chun\u{212A}ed\r\n", hello, .refused(400)),
        FramingCase(
            .must, "chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + hello, .refused(400)
        ),
    ]

    private static func chunk(_ strength: Strength, _ name: String, _ body: String, _ outcome: Outcome) -> FramingCase {
        post(strength, name, chunked, body, outcome)
    }

    static let chunks: [FramingCase] = [
        chunk(.must, "no content", "0\r\n\r\n", .kept(body: "")),
        chunk(.must, "several chunks", "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", .kept(body: "hello")),
        chunk(
            .must, "hexadecimal sizes of any case", "A\r\n0123456789\r\nb\r\n0123456789a\r\n0\r\n\r\n",
            .kept(body: "01234567890123456789a")),
        chunk(.must, "leading zeros", "0005\r\nhello\r\n000\r\n\r\n", .kept(body: "hello")),
        chunk(.must, "line ends in the content", "4\r\n\r\n\r\n\r\n0\r\n\r\n", .kept(body: "\r\n\r\n")),
        chunk(.must, "an extension", "5;a\r\nhello\r\n0\r\n\r\n", .kept(body: "hello")),
        chunk(.must, "an extension with a value", "5;a=b;c\r\nhello\r\n0;d=e\r\n\r\n", .kept(body: "hello")),
        chunk(.must, "a quoted extension", "5;a=\"b;\\\" c\"\r\nhello\r\n0\r\n\r\n", .kept(body: "hello")),
        chunk(.must, "a blank before an extension", "5 ;a\r\nhello\r\n0\r\n\r\n", .kept(body: "hello")),
        chunk(.must, "a blank after a semicolon", "5; a\r\nhello\r\n0\r\n\r\n", .kept(body: "hello")),
        chunk(
            .must, "trailers are dropped", "5\r\nhello\r\n0\r\nX: a\r\nContent-Length: 9\r\n\r\n", .kept(body: "hello")),
        chunk(.must, "not yet complete", "5\r\nhello\r\n0\r\n", .waits),

        chunk(.must, "an empty size", "\r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "a size of text", "x\r\n", .refused(400)),
        chunk(.must, "a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "a signed size", "+5\r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "a negative size", "-5\r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "a blank before the size", " 5\r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "a blank after the size", "5 \r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "an underscore in the size", "1_0\r\n", .refused(400)),
        chunk(.must, "a size ended by LF", "5\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "a size ended by CR", "5\rhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "a chunk shorter than its size", "6\r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "a chunk longer than its size", "4\r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "content ended by LF", "5\r\nhello\n0\r\n\r\n", .refused(400)),
        chunk(.must, "content ended by CR", "5\r\nhello\r0\r\n\r\n", .refused(400)),
        chunk(.must, "content not ended", "5\r\nhello0\r\n\r\n", .refused(400)),
        chunk(.must, "a semicolon without a name", "5;\r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "an extension ended by LF", "5;a\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "an extension with a CR inside", "5;a\rb\r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "an extension with a NUL", "5;a\0\r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "an extension without a value", "5;a=\r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "an open quote in an extension", "5;a=\"b\r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "a size of 17 digits", "00000000000000005\r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.should, "a size of 2^64 - 1", "ffffffffffffffff\r\n", .refused(413)),
        chunk(.should, "a size of 2^63", "8000000000000000\r\n", .refused(413)),
        chunk(.should, "a size beyond the limit", "10000001\r\n", .refused(413)),
        chunk(.should, "chunks beyond the limit together", "5\r\nhello\r\nffffffc\r\n", .refused(413)),
        chunk(.must, "a comma between sizes", "5,5\r\nhello\r\n0\r\n\r\n", .refused(400)),
        chunk(.must, "a bare LF after the last chunk", "0\r\n\n", .refused(400)),
        chunk(.must, "a broken trailer", "0\r\nX : a\r\n\r\n", .refused(400)),
        chunk(.must, "a folded trailer", "0\r\nX: a\r\n b\r\n\r\n", .refused(400)),
        chunk(.must, "the next request in place of a trailer", "0\r\nGET / HTTP/1.1\r\n\r\n", .refused(400)),
    ]
}
