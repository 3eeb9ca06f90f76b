import HTTP
import HTTPTypes
import Testing

@testable import Transport

@Suite("Connection")
struct ConnectionTests {
    @Test("a request begins, is answered, and the connection goes on")
    func keepAlive() {
        let harness = Harness()
        harness.receive(get)
        #expect(harness.begun == [1])
        harness.respond("hi")
        #expect(
            harness.take()
                == "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 2\r\n\r\nhi")
        harness.receive(get)
        #expect(harness.begun == [1, 2])
        #expect(!harness.isClosed && !harness.hasEndedWriting)
    }

    @Test("requests sent ahead are begun one at a time, in order")
    func pipelining() {
        let harness = Harness()
        harness.receive(get + get + get)
        #expect(harness.begun == [1])
        harness.respond("a", to: 1)
        #expect(harness.begun == [1, 2])
        harness.respond("b", to: 2)
        harness.respond("c", to: 3)
        #expect(harness.begun == [1, 2, 3])
        let bodies = harness.take().split(separator: "\r\n\r\n").dropFirst().map { $0.prefix(1) }
        #expect(bodies == ["a", "b", "c"])
    }

    @Test("an answer to a request that is over goes nowhere")
    func staleAnswer() {
        let harness = Harness()
        harness.receive(get + get)
        harness.respond("a", to: 1)
        harness.respond("b", to: 1)
        #expect(harness.take().hasSuffix("a"))
        #expect(!harness.beginStream(1))
        #expect(harness.read(1) == .failed(HTTPError(.badRequest, "The connection ended before the body was read.")))
    }

    @Test("a client that says close gets its answer, the end of our side, and the end when it has seen it")
    func close() {
        let harness = Harness()
        harness.receive(lastGet)
        harness.respond("hi")
        #expect(!harness.hasEndedWriting)
        #expect(harness.take().contains("\r\nConnection: close\r\n"))
        #expect(harness.hasEndedWriting && !harness.isClosed)
        harness.endInput()
        #expect(harness.isClosed && !harness.isCancelled)
    }

    @Test("broken framing is answered at once, and what follows is thrown away")
    func brokenFraming() {
        let harness = Harness()
        harness.receive("GET / HTTP/1.1\r\nHost : a\r\n\r\n" + get)
        #expect(harness.begun == [])
        let answer = harness.take()
        #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\n"))
        #expect(answer.contains("Connection: close") && answer.contains("\"status\":400"))
        harness.receive(get)
        #expect(harness.begun == [] && !harness.isClosed)
        harness.endInput()
        #expect(harness.isClosed)
    }

    @Test("after the last response only so much is read on")
    func lingerBudget() {
        let harness = Harness { $0.lingerBudget = 100 }
        harness.receive(lastGet)
        harness.respond()
        _ = harness.take()
        harness.receive([UInt8](repeating: 0, count: 100))
        #expect(!harness.isClosed)
        harness.receive([0])
        #expect(harness.isClosed)
    }

    @Test("a pipeline without end stops being read at the window")
    func window() {
        let harness = Harness { $0.inboundWindow = 1000 }
        harness.receive(get)
        var received = 0
        while harness.wantsInput, received < 10_000 {
            harness.receive(get)
            received += get.utf8.count
        }
        #expect(received < 1100)
        harness.respond(to: 1)
        harness.respond(to: 2)
        #expect(harness.wantsInput)
    }

    @Test("a body that nobody reads stops being read at the window")
    func bodyWindow() {
        let harness = Harness { $0.inboundWindow = 1000 }
        harness.receive(post("", length: 100_000))
        #expect(harness.wantsInput)
        harness.receive(String(repeating: "a", count: 1000))
        #expect(!harness.wantsInput)
        #expect(harness.read() == .piece([UInt8](repeating: 0x61, count: 1000)))
        #expect(harness.wantsInput)
    }

    @Test("a body is read piece by piece to its end")
    func body() {
        let harness = Harness()
        harness.receive(post("ab", length: 4))
        #expect(harness.read() == .piece(Array("ab".utf8)))
        #expect(harness.read() == .wait)
        harness.receive("cd")
        #expect(harness.read() == .piece(Array("cd".utf8)))
        #expect(harness.read() == .end)
        #expect(harness.read() == .end)
        harness.respond()
        #expect(!harness.take().contains("Connection: close"))
    }

    @Test(
        "an answer before the body has come closes; after it, read or not, the connection goes on",
        arguments: [true, false])
    func unreadBody(isComplete: Bool) {
        let harness = Harness()
        harness.receive(post(isComplete ? "abcd" : "ab", length: 4))
        harness.respond(status: .contentTooLarge)
        #expect(harness.take().contains("Connection: close") == !isComplete)
        #expect(harness.hasEndedWriting == !isComplete)
        if isComplete {
            harness.receive(get)
            #expect(harness.begun == [1, 2])
        }
    }

    @Test("broken framing inside a body reaches its reader, and the answer closes")
    func brokenBody() {
        let harness = Harness()
        harness.receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx")
        guard case .failed(let error) = harness.read() else {
            Issue.record("the reader was not told")
            return
        }
        #expect(error.status == .badRequest)
        harness.respond(status: error.status)
        #expect(harness.take().contains("Connection: close"))
    }

    @Test("100 Continue is sent when the body is first wanted, once")
    func continues() {
        let harness = Harness()
        harness.receive(post("", length: 2, "Expect: 100-continue\r\n"))
        #expect(harness.take() == "")
        #expect(harness.read() == .wait)
        #expect(harness.read() == .wait)
        #expect(harness.take() == "HTTP/1.1 100 Continue\r\n\r\n")
        harness.receive("hi")
        #expect(harness.read() == .piece(Array("hi".utf8)))
    }

    @Test("100 Continue is left out when the body is already there, or the answer is no")
    func continueSpared() {
        let eager = Harness()
        eager.receive(post("hi", "Expect: 100-continue\r\n"))
        #expect(eager.read() == .piece(Array("hi".utf8)))
        #expect(eager.take() == "")
        let refused = Harness()
        refused.receive(post("", length: 2, "Expect: 100-continue\r\n"))
        refused.respond(status: .contentTooLarge)
        #expect(refused.take().hasPrefix("HTTP/1.1 413"))
        #expect(refused.hasEndedWriting)
    }

    @Test("a graceful stop closes idle connections and lets the others finish")
    func drain() {
        let idle = Harness()
        idle.drain()
        #expect(idle.hasEndedWriting)
        let busy = Harness()
        busy.receive(get + get)
        busy.drain()
        #expect(!busy.hasEndedWriting && !busy.isCancelled)
        busy.respond("a", to: 1)
        #expect(busy.take().contains("Connection: close"))
        #expect(busy.hasEndedWriting && busy.begun == [1])
    }

    @Test("an empty line between requests is nothing; half a head is waited for")
    func betweenRequests() {
        let harness = Harness()
        harness.receive("\r\n")
        harness.receive("GET / HT")
        harness.receive("TP/1.1\r\nHost: a\r\n\r\n")
        #expect(harness.begun == [1])
    }

    @Test("a request's head and error never exceed what HTTP allows: 405 names what is allowed")
    func connect() {
        let harness = Harness()
        harness.receive("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = harness.take()
        #expect(answer.hasPrefix("HTTP/1.1 405") && answer.contains("\r\nAllow: GET, "))
    }
}
