import HTTP
import Testing

@testable import Transport

/// The whole of it over live sockets.
@Suite("Server", .timeLimit(.minutes(2)))
struct ServerTests {
    @Test("a connection carries request after request")
    func keepAlive() async throws {
        try await withServer { _, port, _ in
            let client = try Client(port: port)
            for number in 0..<10 {
                await client.send("GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = await client.receive(through: "\r\n\r\n/\(number)")
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            }
        }
    }

    @Test("a thousand pipelined requests are answered in order")
    func pipelining() async throws {
        try await withServer { _, port, _ in
            let client = try Client(port: port)
            let paths = (0..<1000).map { "/\($0)-" }
            let requests = paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
            async let sent = client.send(requests + lastGet)
            #expect(await sent == requests.utf8.count + lastGet.utf8.count)
            let answers = try #require(await client.receiveToEnd())
            let bodies = answers.split(separator: "\r\n\r\n").dropFirst().map { $0.prefix { $0 != "H" } }
            #expect(bodies.dropLast().map(String.init) == paths)
        }
    }

    @Test("bodies go both ways whole, by length and in chunks", arguments: [0, 1, 1000, 100_000, 3_000_000])
    func bodies(size: Int) async throws {
        try await withServer { _, port, _ in
            let text = String(repeating: "abcdefgh", count: size / 8 + 1).prefix(size) + "END"
            for path in ["/echo", "/mirror"] {
                let client = try Client(port: port)
                async let sent = client.send(
                    "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
                let answer = await client.receive(through: path == "/echo" ? "END" : "0\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(answer.utf8.count >= text.utf8.count)
                _ = await sent
                let chunked = try Client(port: port)
                await chunked.send(
                    "POST \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
                async let chunks = chunked.send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n0\r\n\r\n")
                let second = await chunked.receiveToEnd()
                _ = await chunks
                #expect(try #require(second).contains("END"))
            }
        }
    }

    @Test("100 Continue lets a waiting client send")
    func continues() async throws {
        try await withServer { _, port, _ in
            let client = try Client(port: port)
            await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(await client.receive(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            await client.send("hi")
            #expect(await client.receive(through: "\r\n\r\nhi").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("an error answered before a large body has come reaches the client that is still sending")
    func earlyAnswer() async throws {
        try await withServer { _, port, _ in
            let client = try Client(port: port)
            let body = [UInt8](repeating: 0, count: 8_000_000)
            await client.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
            await client.send(body)
            let answer = try #require(await client.receiveToEnd())
            #expect(answer.hasPrefix("HTTP/1.1 413") && answer.contains("Connection: close"))
            #expect(answer.hasSuffix("too large"))
        }
    }

    @Test("a TLS hello is turned away at once, with no line end to wait for")
    func tlsHello() async throws {
        try await withServer { _, port, _ in
            let client = try Client(port: port)
            await client.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03])
            #expect(try #require(await client.receiveToEnd()).hasPrefix("HTTP/1.1 400"))
        }
    }

    @Test("hundreds of idle connections cost nothing and stay usable")
    func manyIdle() async throws {
        try await withServer { server, port, _ in
            let clients = try (0..<300).map { _ in try Client(port: port) }
            for round in 0..<2 {
                for client in clients { await client.send("GET /\(round) HTTP/1.1\r\nHost: a\r\n\r\n") }
                for client in clients {
                    #expect(await client.receive(through: "\r\n\r\n/\(round)").hasPrefix("HTTP/1.1 200"))
                }
            }
            #expect(server.connectionCount == 300)
        }
    }

    @Test("one connection too many is told so and closed")
    func tooMany() async throws {
        try await withServer({ $0.maximumConnections = 2 }) { _, port, _ in
            let first = try Client(port: port)
            let second = try Client(port: port)
            for client in [first, second] {
                await client.send(get)
                _ = await client.receive(through: "\r\n\r\n/")
            }
            let third = try Client(port: port)
            let answer = try #require(await third.receiveToEnd())
            #expect(answer.hasPrefix("HTTP/1.1 503") && answer.contains("Retry-After: 1"))
            await first.send(get)
            #expect(await first.receive(through: "\r\n\r\n/").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("a port in use is an error that says so, and port 0 is reported as what was chosen")
    func ports() async throws {
        try await withServer { _, port, _ in
            #expect(port > 0)
            var configuration = ServerConfiguration()
            configuration.port = port
            let second = Server(configuration: configuration, handler: TestHandler(), log: quietLog)
            await #expect(throws: TransportError.self) { try await second.start() }
        }
    }

    @Test("listens on IPv6")
    func ipv6() async throws {
        var configuration = ServerConfiguration()
        configuration.host = "::1"
        configuration.port = 0
        let server = Server(configuration: configuration, handler: TestHandler(), log: quietLog)
        do {
            let address = try await server.start()
            #expect(address.description == "[::1]:\(address.port)")
        } catch .cannotListen(_, _, let reason) {
            // A machine without IPv6 says so; nothing else may be wrong.
            #expect(reason.contains("address"))
        } catch {
            Issue.record("\(error)")
        }
        await server.stop(grace: .zero)
    }
}
