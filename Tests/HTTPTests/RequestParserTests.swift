import HTTP
import HTTPTypes
import Testing

@Suite("Request parser")
struct RequestParserTests {
    private func head(_ text: String) throws -> RequestHead {
        var parser = RequestParser()
        parser.append(Array(text.utf8))
        guard case .head(let head) = try parser.next() else { throw HTTPError(.badRequest, "no head") }
        return head
    }

    @Test("the head holds method, target, authority and fields, but not Host")
    func headFields() throws {
        let head = try head("GET /a?b HTTP/1.1\r\nHost: x:8\r\nAccept: a\r\nAccept: b\r\n\r\n")
        #expect(head.request.method == .get)
        #expect(head.request.path == "/a?b")
        #expect(head.request.authority == "x:8")
        #expect(head.request.headerFields[values: .accept] == ["a", "b"])
        #expect(!head.request.headerFields.contains { $0.name.canonicalName == "host" })
        #expect(head.keepsAlive && !head.expectsContinue && head.framing == .none && head.contentLength == 0)
    }

    @Test(
        "an absolute target gives authority and origin form",
        arguments: [
            ("http://b:1/c?d", "b:1", "/c?d"), ("HTTPS://b", "b", "/"), ("http://b?c", "b", "/?c"),
            ("http://[::1]/", "[::1]", "/"),
        ])
    func absolute(target: String, authority: String, path: String) throws {
        let head = try head("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(head.request.authority == authority)
        #expect(head.request.path == path)
    }

    @Test(
        "the first impossible byte is an error before the line is complete",
        arguments: [
            "\u{16}", "G\0", "GET  ", "GET #", "GET /#", "GET / X", "GET / HTTP/1.1\n", "GET / HTTP/1.1\r\n:",
            "GET / HTTP/1.1\r\nA\r", "GET / HTTP/1.1\r\nA:\n", "GET / HTTP/1.1\r\nA: b\r\n ",
        ])
    func firstByte(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(outcome(of: Array(bytes.dropLast())) == .waits)
        #expect(outcome(of: bytes) == .refused(400))
    }

    @Test("an error is final")
    func final() {
        var parser = RequestParser()
        parser.append(Array("GET /#\r\n".utf8))
        #expect(throws: HTTPError.self) { try parser.next() }
        parser.append(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(throws: HTTPError.self) { try parser.next() }
    }

    @Test("what is not asked for stays as bytes")
    func heldBack() throws {
        var parser = RequestParser()
        parser.append(Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET".utf8))
        guard case .head = try parser.next() else {
            Issue.record("no head")
            return
        }
        #expect(parser.bufferedBytes == 6)
        #expect(try parser.next() == .body(Array("abc".utf8)))
        #expect(parser.bufferedBytes == 3)
        #expect(!parser.isBetweenRequests)
        #expect(try parser.next() == .end)
        #expect(try parser.next() == nil)
        #expect(!parser.isBetweenRequests)
    }

    @Test("a thousand pipelined requests come out one by one")
    func pipeline() throws {
        var parser = RequestParser()
        let bytes = (0..<1000).flatMap { Array("GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n".utf8) }
        var paths: [String] = []
        for start in stride(from: 0, to: bytes.count, by: 777) {
            parser.append(bytes[start..<min(start + 777, bytes.count)])
            while let event = try parser.next() {
                if case .head(let head) = event { paths.append(head.request.path ?? "") }
            }
        }
        #expect(paths == (0..<1000).map { "/\($0)" })
        #expect(parser.isBetweenRequests)
    }

    @Test("expectations are noted only where a body is to come")
    func expectations() throws {
        let lines = "Host: a\r\nExpect: 100-Continue\r\n"
        #expect(try head("POST / HTTP/1.1\r\n\(lines)Content-Length: 1\r\n\r\n").expectsContinue)
        #expect(try head("POST / HTTP/1.1\r\n\(lines)Transfer-Encoding: chunked\r\n\r\n").expectsContinue)
        #expect(try !head("POST / HTTP/1.1\r\n\(lines)\r\n").expectsContinue)
        #expect(try !head("POST / HTTP/1.0\r\n\(lines)Content-Length: 1\r\n\r\n").expectsContinue)
    }
}
