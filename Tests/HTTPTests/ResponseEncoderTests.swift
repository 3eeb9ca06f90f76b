import HTTP
import HTTPTypes
import Testing

@Suite("Response encoder")
struct ResponseEncoderTests {
    private func encode(
        _ head: HTTPResponse, _ framing: ResponseEncoder.Framing = .length(0), closes: Bool = false
    ) -> String {
        var bytes: [UInt8] = []
        ResponseEncoder.appendHead(head, framing: framing, date: "D", closes: closes, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("status line, fields in order, our own fields last")
    func head() {
        var head = HTTPResponse(status: .ok)
        head.headerFields[.contentType] = "a/b"
        head.headerFields.append(HTTPField(name: .setCookie, value: "c"))
        head.headerFields.append(HTTPField(name: .setCookie, value: "d"))
        #expect(
            encode(head, .length(12), closes: true)
                == "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nSet-Cookie: c\r\nSet-Cookie: d\r\nDate: D\r\n"
                + "Content-Length: 12\r\nConnection: close\r\n\r\n")
    }

    @Test(
        "each framing says exactly itself",
        arguments: [
            (ResponseEncoder.Framing.none, ""), (.omitted(length: 3), "Content-Length: 3\r\n"),
            (.length(3), "Content-Length: 3\r\n"),
            (.chunked, "Transfer-Encoding: chunked\r\n"), (.untilClose, "Connection: close\r\n"),
        ])
    func framings(_ framing: ResponseEncoder.Framing, line: String) {
        #expect(encode(HTTPResponse(status: .ok), framing) == "HTTP/1.1 200 OK\r\nDate: D\r\n\(line)\r\n")
    }

    @Test("what a handler says about framing is not sent")
    func owned() throws {
        var head = HTTPResponse(status: .ok)
        for name in ["Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Date"] {
            head.headerFields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: "7"))
        }
        #expect(encode(head) == "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 0\r\n\r\n")
    }

    @Test(
        "no value and no reason can end its line",
        arguments: ["a\r\nX: b", "a\nb", "a\rb", "a\0b", "a\u{7F}b", "\r\n\r\nbody"])
    func splitting(_ text: String) throws {
        var head = HTTPResponse(status: .init(code: 299, reasonPhrase: text))
        let name = try #require(HTTPField.Name("X-Value"))
        head.headerFields.append(HTTPField(name: name, value: text))
        head.headerFields.append(HTTPField(name: name, lenientValue: Array(text.utf8)))
        let lines = encode(head).split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count == 7)
        #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } })
    }

    @Test(
        "the framing follows status, method and version",
        arguments: [
            (200, "GET", RequestHead.Version.http11, 5, ResponseEncoder.Framing.length(5)),
            (200, "GET", .http11, nil, .chunked),
            (200, "GET", .http10, nil, .untilClose), (200, "GET", .http10, 5, .length(5)),
            (200, "HEAD", .http11, 5, .omitted(length: 5)),
            (200, "HEAD", .http11, nil, .none), (204, "GET", .http11, 5, .none), (304, "GET", .http11, 5, .none),
            (204, "HEAD", .http11, nil, .none), (205, "GET", .http11, 0, .length(0)),
            (404, "HEAD", .http10, 9, .omitted(length: 9)),
        ] as [(Int, String, RequestHead.Version, Int?, ResponseEncoder.Framing)])
    func rules(
        code: Int, method: String, version: RequestHead.Version, length: Int?, expected: ResponseEncoder.Framing
    ) throws {
        let method = try #require(HTTPRequest.Method(method))
        let framing = ResponseEncoder.framing(
            status: .init(code: code), length: length, method: method, version: version)
        #expect(framing == expected)
    }

    @Test("chunks are framed in hexadecimal, and an empty one is none")
    func chunks() {
        var bytes: [UInt8] = []
        ResponseEncoder.appendChunk([UInt8](repeating: 0x61, count: 26), to: &bytes)
        ResponseEncoder.appendChunk([], to: &bytes)
        bytes += ResponseEncoder.lastChunk
        #expect(String(decoding: bytes, as: UTF8.self) == "1a\r\n\(String(repeating: "a", count: 26))\r\n0\r\n\r\n")
    }
}
