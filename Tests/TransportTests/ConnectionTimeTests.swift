import HTTP
import HTTPTypes
import Testing

@testable import Transport

/// Ten seconds pass in no time here: the clock is ours.
@Suite("Connection: time and departure")
struct ConnectionTimeTests {
    @Test("an idle connection is closed after 75 s, not before", arguments: [true, false])
    func idle(isFirst: Bool) {
        let harness = Harness()
        if !isFirst {
            harness.wait(.seconds(50))
            harness.receive(get)
            harness.respond()
            _ = harness.take()
        }
        harness.wait(.seconds(74))
        #expect(!harness.hasEndedWriting)
        harness.wait(.seconds(1))
        #expect(harness.hasEndedWriting)
        harness.wait(.seconds(2))
        #expect(harness.isClosed)
    }

    @Test("a head has 10 s in all, however steadily its bytes come")
    func slowHead() {
        let harness = Harness()
        harness.wait(.seconds(60))
        for byte in Array("GET /aaaa".utf8) {
            harness.receive([byte])
            harness.wait(.seconds(1))
        }
        #expect(harness.take() == "")
        harness.receive("a")
        harness.wait(.seconds(1))
        #expect(harness.take().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(harness.hasEndedWriting)
    }

    @Test("empty lines buy no time")
    func emptyLines() {
        let harness = Harness()
        harness.wait(.seconds(74))
        harness.receive("\r")
        harness.receive("\n")
        harness.wait(.seconds(1))
        #expect(harness.hasEndedWriting)
    }

    @Test("a body below 1 KiB/s fails after 10 s with 408, one above goes on", arguments: [1000, 1100])
    func slowBody(bytesPerSecond: Int) {
        let harness = Harness()
        harness.receive(post("", length: 1_000_000))
        for _ in 0..<30 {
            #expect(!harness.isClosed)
            harness.receive([UInt8](repeating: 0, count: bytesPerSecond))
            while case .piece = harness.read() {}
            harness.wait(.seconds(1))
        }
        guard bytesPerSecond < 1024 else {
            #expect(harness.read() == .wait)
            return
        }
        guard case .failed(let error) = harness.read() else {
            Issue.record("the reader was not told")
            return
        }
        #expect(error.status == .requestTimeout)
        harness.respond(status: error.status)
        #expect(harness.take().contains("Connection: close"))
    }

    @Test("a fast start is no credit for a stall")
    func stall() {
        let harness = Harness { $0.inboundWindow = 1_000_000 }
        harness.receive(post("", length: 1_000_000))
        harness.receive([UInt8](repeating: 0, count: 500_000))
        while case .piece = harness.read() {}
        harness.wait(.seconds(10))
        #expect(harness.read() == .wait)
        harness.wait(.seconds(10))
        #expect(harness.read() != .wait)
    }

    @Test("time in which the server holds the body back is not the client's")
    func heldBack() {
        let harness = Harness { $0.inboundWindow = 1000 }
        harness.receive(post("", length: 2000))
        harness.receive([UInt8](repeating: 0, count: 1000))
        for _ in 0..<100 { harness.wait(.seconds(1)) }
        #expect(harness.read() == .piece([UInt8](repeating: 0, count: 1000)))
        #expect(harness.read() == .wait)
        harness.wait(.seconds(9))
        #expect(harness.read() == .wait)
    }

    @Test("a body that has come and waits for its reader is not slow")
    func waitsForReader() {
        let harness = Harness()
        harness.receive(post("abcd"))
        for _ in 0..<60 { harness.wait(.seconds(1)) }
        #expect(harness.read() == .piece(Array("abcd".utf8)))
        #expect(harness.read() == .end)
    }

    @Test("a response may take as long as it takes; a reader that takes nothing for 30 s loses it")
    func slowReader() {
        let harness = Harness()
        harness.receive(get)
        harness.wait(.seconds(3600))
        #expect(!harness.isCancelled)
        #expect(harness.beginStream() && harness.stream(String(repeating: "a", count: 1000)))
        for _ in 0..<10 {
            harness.wait(.seconds(29))
            #expect(harness.take(10).utf8.count == 10)
        }
        #expect(!harness.isClosed)
        harness.wait(.seconds(30))
        #expect(harness.isClosed && harness.isCancelled)
    }

    @Test("a reset cancels the request in flight")
    func reset() {
        let harness = Harness()
        harness.receive(get)
        harness.fail()
        #expect(harness.isCancelled && harness.isClosed)
        let idle = Harness()
        idle.fail()
        #expect(!idle.isCancelled && idle.isClosed)
    }

    @Test("a client that ends its side and had announced its last request gets the answer, however late")
    func halfClosedLast() {
        let harness = Harness()
        harness.receive(lastGet)
        harness.endInput()
        harness.wait(.seconds(3600))
        #expect(!harness.isCancelled)
        harness.respond("hi")
        #expect(harness.take().hasSuffix("hi"))
        #expect(harness.isClosed && !harness.isCancelled)
    }

    @Test("one that had not is answered within a second, and then taken for gone")
    func halfClosed() {
        let quick = Harness()
        quick.receive(get + get)
        quick.endInput()
        quick.wait(.milliseconds(900))
        quick.respond("a", to: 1)
        quick.wait(.milliseconds(900))
        quick.respond("b", to: 2)
        #expect(quick.take().hasSuffix("b"))
        #expect(quick.isClosed && !quick.isCancelled)
        let slow = Harness()
        slow.receive(get)
        slow.endInput()
        slow.wait(.seconds(1))
        #expect(slow.isCancelled && slow.isClosed)
    }

    @Test("a client that ends its side in the middle of a request is told so and its work is cancelled")
    func endsInTheMiddle() {
        let head = Harness()
        head.receive("GET / HTTP/1.1\r\nHo")
        head.endInput()
        #expect(head.take().hasPrefix("HTTP/1.1 400"))
        #expect(head.isClosed)
        let body = Harness()
        body.receive(post("ab", length: 4))
        body.endInput()
        #expect(body.isCancelled)
        #expect(body.take().hasPrefix("HTTP/1.1 400"))
        #expect(body.isClosed)
    }

    @Test("after the last response the peer has 2 s to see it")
    func linger() {
        let harness = Harness()
        harness.receive(lastGet)
        harness.respond()
        _ = harness.take()
        harness.wait(.milliseconds(1900))
        #expect(!harness.isClosed)
        harness.wait(.milliseconds(100))
        #expect(harness.isClosed)
    }
}
