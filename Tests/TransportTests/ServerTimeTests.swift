import HTTP
import Testing

@testable import Transport

/// Slow, silent and vanishing peers over live sockets. Timeouts are shortened; nothing sleeps to be in time: each
/// test waits for the event itself.
@Suite("Server: slow and vanishing peers", .timeLimit(.minutes(2)))
struct ServerTimeTests {
    @Test("a head that does not end gets 408 and the end of the connection")
    func slowHead() async throws {
        try await withServer({ $0.timeouts.header = .milliseconds(100) }) { _, port, _ in
            let client = try Client(port: port)
            await client.send("GET / HTTP/1.1\r\nHos")
            #expect(try #require(await client.receiveToEnd()).hasPrefix("HTTP/1.1 408"))
        }
    }

    @Test("a body that does not come gets 408 and the end of the connection")
    func slowBody() async throws {
        try await withServer({ $0.timeouts.bodyInterval = .milliseconds(100) }) { _, port, _ in
            let client = try Client(port: port)
            await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
            let answer = try #require(await client.receiveToEnd())
            #expect(answer.hasPrefix("HTTP/1.1 408") && answer.contains("Connection: close"))
        }
    }

    @Test("a silent connection is closed")
    func idle() async throws {
        try await withServer({ $0.timeouts.idle = .milliseconds(100) }) { _, port, _ in
            let client = try Client(port: port)
            #expect(await client.receiveToEnd() == "")
        }
    }

    @Test("a reader that takes nothing holds its writer back and then loses it")
    func slowReader() async throws {
        try await withServer({ $0.timeouts.writeStall = .milliseconds(200) }) { _, port, handler in
            let client = try Client(port: port)
            await client.send("GET /flood HTTP/1.1\r\nHost: a\r\n\r\n")
            await handler.entered.wait()
            // The handler would write without end; only a failing write ends it.
            await handler.cancelled.wait()
            await client.close()
        }
    }

    @Test("a client that has only finished sending gets its answer", arguments: [get, lastGet])
    func halfClosed(_ request: String) async throws {
        try await withServer { _, port, _ in
            let client = try Client(port: port)
            await client.send(request)
            await client.endWriting()
            #expect(try #require(await client.receiveToEnd()).hasSuffix("\r\n\r\n/"))
        }
    }

    @Test("a client that announced its last request and finished sending is waited for")
    func halfClosedHeld() async throws {
        try await withServer({ $0.timeouts.halfClosed = .zero }) { _, port, handler in
            let client = try Client(port: port)
            await client.send("GET /hold HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            await client.endWriting()
            await handler.entered.wait()
            await handler.release.fire()
            #expect(try #require(await client.receiveToEnd()).hasSuffix("released"))
        }
    }

    @Test("work for a client that has gone is cancelled", arguments: [true, false])
    func gone(byReset: Bool) async throws {
        try await withServer({ $0.timeouts.halfClosed = .milliseconds(100) }) { _, port, handler in
            let client = try Client(port: port)
            await client.send("GET /forever HTTP/1.1\r\nHost: a\r\n\r\n")
            await handler.entered.wait()
            await client.close(resetting: byReset)
            await handler.cancelled.wait()
        }
    }

    @Test("a reset is noticed even while reading is paused")
    func resetWhilePaused() async throws {
        try await withServer({ $0.inboundWindow = 1000 }) { _, port, handler in
            let client = try Client(port: port)
            await client.send("GET /forever HTTP/1.1\r\nHost: a\r\n\r\n" + String(repeating: get, count: 1000))
            await handler.entered.wait()
            await client.close(resetting: true)
            await handler.cancelled.wait()
        }
    }

    @Test(
        "a reset that comes together with the last bytes is noticed",
        arguments: [
            "GET / HT", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
            "GET /forever HTTP/1.1\r\nHost: a\r\n\r\n",
        ])
    func resetWithTheLastBytes(sent: String) async throws {
        let change = { (configuration: inout ServerConfiguration) in
            configuration.timeouts.header = .seconds(3_600)
            configuration.timeouts.bodyInterval = .seconds(3_600)
            configuration.timeouts.idle = .seconds(3_600)
        }
        try await withServer(change) { server, port, _ in
            for _ in 0..<20 {
                let client = try Client(port: port)
                await client.send(sent)
                await client.close(resetting: true)
            }
            // Waits for all that is in flight: to the end of the grace, if somebody were still taken to be there.
            let grace = Duration.seconds(60)
            let duration = await ContinuousClock().measure { await server.stop(grace: grace) }
            #expect(duration < grace / 2)
        }
    }

    @Test("a client that vanishes in the middle of its body is gone for the reader too")
    func goneInBody() async throws {
        try await withServer { server, port, _ in
            let client = try Client(port: port)
            await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
            await client.close()
            // Would not return while the read still waits.
            await server.stop(grace: .seconds(60))
        }
    }

    @Test("a pipeline without end is held back by the socket, not by memory")
    func endlessPipeline() async throws {
        try await withServer { _, port, handler in
            let client = try Client(port: port)
            await client.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n")
            await handler.entered.wait()
            let flood = Array(String(repeating: get, count: 2_000_000).utf8)
            let taken = await client.send(flood, patience: .milliseconds(300))
            // The window and what two socket buffers hold; the rest stays with the client.
            #expect(taken < flood.count / 2)
            await handler.release.fire()
            #expect(await client.receive(through: "released").hasPrefix("HTTP/1.1 200"))
            await client.close(resetting: true)
        }
    }

    @Test("a graceful stop answers what is in flight, closes the idle, and accepts nothing new")
    func gracefulStop() async throws {
        try await withServer { server, port, handler in
            let idle = try Client(port: port)
            await idle.send(get)
            _ = await idle.receive(through: "\r\n\r\n/")
            let busy = try Client(port: port)
            await busy.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n")
            await handler.entered.wait()
            async let stopped: Void = server.stop(grace: .seconds(60))
            #expect(await idle.receiveToEnd() == "")
            #expect(throws: Client.Failure.self) { try Client(port: port) }
            await handler.release.fire()
            let answer = try #require(await busy.receiveToEnd())
            #expect(answer.contains("Connection: close") && answer.hasSuffix("released"))
            await busy.close()
            await stopped
            #expect(server.connectionCount == 0)
        }
    }

    @Test("after the grace what is left is cancelled")
    func graceOver() async throws {
        try await withServer { server, port, handler in
            let client = try Client(port: port)
            await client.send("GET /forever HTTP/1.1\r\nHost: a\r\n\r\n")
            await handler.entered.wait()
            await server.stop(grace: .milliseconds(50))
            await handler.cancelled.wait()
            #expect(await client.receiveToEnd() == "")
        }
    }
}
