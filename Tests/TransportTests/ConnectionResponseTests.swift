import HTTP
import HTTPTypes
import Testing

@testable import Transport

@Suite("Connection: streamed responses")
struct ConnectionResponseTests {
    @Test("without a length the body is chunked, and the connection goes on")
    func chunked() {
        let harness = Harness()
        harness.receive(get)
        #expect(harness.beginStream())
        #expect(harness.stream("hello"))
        #expect(harness.stream(""))
        harness.endStream()
        let answer = harness.take()
        #expect(answer.contains("\r\nTransfer-Encoding: chunked\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n5\r\nhello\r\n0\r\n\r\n"))
        harness.receive(get)
        #expect(harness.begun == [1, 2])
    }

    @Test("a large chunk is framed like a small one")
    func largeChunk() {
        let harness = Harness()
        harness.receive(get)
        let text = String(repeating: "a", count: 100_000)
        #expect(harness.beginStream())
        #expect(harness.stream(text))
        harness.endStream()
        #expect(harness.take().hasSuffix("\r\n\r\n186a0\r\n\(text)\r\n0\r\n\r\n"))
    }

    @Test("with a length exactly so much is sent as it is")
    func length() {
        let harness = Harness()
        harness.receive(get)
        #expect(harness.beginStream(length: 5))
        #expect(harness.stream("he") && harness.stream("llo"))
        harness.endStream()
        #expect(harness.take().hasSuffix("\r\nContent-Length: 5\r\n\r\nhello"))
        #expect(!harness.isClosed)
    }

    @Test(
        "a body that breaks its length ends the connection instead of misleading the client",
        arguments: ["hell", "hello!"])
    func brokenLength(_ text: String) {
        let harness = Harness()
        harness.receive(get)
        #expect(harness.beginStream(length: 5))
        #expect(harness.stream(text) == (text.count <= 5))
        harness.endStream()
        #expect(harness.isClosed)
    }

    @Test("a stream that fails ends without the last chunk")
    func abort() {
        let harness = Harness()
        harness.receive(get)
        #expect(harness.beginStream() && harness.stream("hello"))
        let sent = harness.take()
        harness.abortStream()
        #expect(harness.isClosed && !sent.contains("0\r\n\r\n"))
    }

    @Test("to HTTP/1.0 the end of the connection ends the body")
    func http10() {
        let harness = Harness()
        harness.receive("GET / HTTP/1.0\r\n\r\n")
        #expect(harness.beginStream() && harness.stream("hello"))
        harness.endStream()
        let answer = harness.take()
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\nConnection: close\r\n\r\nhello"))
        #expect(harness.hasEndedWriting)
    }

    @Test("HEAD gets the head alone, with the length there would have been")
    func head() {
        let harness = Harness()
        harness.receive("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + get)
        harness.respond("hello", to: 1)
        #expect(harness.take().hasSuffix("\r\nContent-Length: 5\r\n\r\n"))
        harness.respond("x", to: 2)
        let streamed = Harness()
        streamed.receive("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(!streamed.beginStream())
        #expect(!streamed.take().contains("chunked"))
    }

    @Test("204 and 304 have no body and no length", arguments: [204, 304])
    func bodiless(code: Int) {
        let harness = Harness()
        harness.receive(get)
        harness.respond("ignored", status: .init(code: code))
        let answer = harness.take()
        #expect(answer.hasSuffix("\r\n\r\n") && !answer.contains("Content-Length"))
    }

    @Test("a response may stream while the request's body is still coming")
    func bothWays() {
        let harness = Harness()
        harness.receive(post("ab", length: 4))
        #expect(harness.read() == .piece(Array("ab".utf8)))
        #expect(harness.beginStream() && harness.stream("1"))
        harness.receive("cd")
        #expect(harness.read() == .piece(Array("cd".utf8)))
        #expect(harness.stream("2"))
        #expect(harness.read() == .end)
        harness.endStream()
        #expect(!harness.take().contains("Connection: close"))
        #expect(!harness.hasEndedWriting)
    }

    @Test("head and small body leave in one piece, a large body is not copied behind it")
    func pieces() {
        let harness = Harness()
        harness.receive(get + get)
        harness.respond("hi", to: 1)
        #expect(harness.connection.outbound.withFirst { $1 } == false)
        _ = harness.take()
        harness.respond(String(repeating: "a", count: 100_000), to: 2)
        #expect(harness.connection.outbound.withFirst { $1 } == true)
        #expect(harness.take().utf8.count > 100_000)
    }
}
