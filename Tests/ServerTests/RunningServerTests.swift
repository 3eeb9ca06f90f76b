import Foundation
import ServiceTesting
import Testing
import TextNumbers

@testable import prisma

/// The program's own server over a real socket.
@Suite(.serialized) struct RunningServerTests {
    static let picture = SmallPNG(noise: 1).bytes
    private static let predict = "/v1/models/vit/predict"
    private static let json = "Content-Type: application/json"
    private static let png = "Content-Type: image/png"

    /// Many pictures for a slow model, as JSON.
    static func batch(_ inputs: Int) -> [UInt8] {
        let elements = [Double](repeating: 0.5, count: inputs * 3 * 64 * 64)
        let document: JSONValue = [
            "inputs": .array([
                [
                    "tensor": [
                        "datatype": "FP32", "shape": [.integer(Int64(inputs)), 3, 64, 64], "data": .numbers(elements),
                    ]
                ]
            ])
        ]
        return document.serialized
    }

    @Test func itStartsGetsReadyPredictsAndStops() async throws {
        let server = try await LiveServer(waits: false)
        do {
            let client = try server.client()
            #expect(try await client.request("GET", "/healthz").status == 200)
            let early = try await client.request("GET", "/readyz")
            #expect([200, 503].contains(early.status))
        }
        await server.running.untilLoaded()
        do {
            let client = try server.client()
            #expect(try await client.request("GET", "/readyz").status == 200)
            let answer = try await client.request("POST", Self.predict, [Self.png], body: Self.picture)
            #expect(answer.status == 200)
            #expect(answer.fields["content-type"] == "application/json")
            #expect(answer.fields["x-request-id"] != nil && answer.fields["date"] != nil)
            let document = try JSONValue.parse(answer.body)
            #expect(document["results"]?.count == 1)
            #expect(document.at("provenance", "model") == "vit")
        }
        await server.running.stop()
        #expect(throws: RawSocket.Failure.self) { _ = try server.client() }
    }

    @Test func oneConnectionServesEveryKindOfRequest() async throws {
        try await LiveServer.with { server in
            do {
                let client = try server.client()
                for _ in 0..<3 {
                    #expect(try await client.request("GET", "/healthz").text == #"{"status":"ok"}"#)
                    let head = try await client.request("HEAD", "/v1/models/vit")
                    #expect(head.status == 200 && head.body.isEmpty)
                    #expect(
                        try await client.request("GET", "/v1/models/vit").body.count
                            == Int(head.fields["content-length"] ?? ""))
                    #expect(try await client.request("OPTIONS", Self.predict).fields["allow"] == "OPTIONS, POST")
                    #expect(try await client.request("DELETE", Self.predict).status == 405)
                    #expect(try await client.request("GET", "/v1/models/..%2fvit").status == 404)
                    #expect(
                        try await client.request("POST", Self.predict, [Self.json], body: Array("{".utf8)).status == 400
                    )
                    #expect(
                        try await client.request("POST", Self.predict, [Self.png], body: Self.picture).status == 200)
                    let npz = try await client.request(
                        "POST", "/v1/models/vit/activations", [Self.png, "Accept: application/x-npz"],
                        body: Self.picture)
                    #expect(npz.status == 200 && npz.body.starts(with: Array("PK".utf8)))
                    let missing = try await client.request("GET", "/v1/models/vitt")
                    #expect(missing.status == 404 && missing.text.contains(#"did you mean \"vit\"?"#))
                }
            }
        }
    }

    @Test func requestsSentAheadAreAnsweredInOrder() async throws {
        try await LiveServer.with { server in
            do {
                let client = try server.client()
                let targets = (0..<20).map { $0 % 2 == 0 ? "/v1/version" : "/nothing" }
                try await client.send(targets.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
                for target in targets { #expect(try await client.reply().status == (target == "/nothing" ? 404 : 200)) }
            }
        }
    }

    @Test func aBodyInChunksIsABody() async throws {
        try await LiveServer.with { server in
            do {
                let client = try server.client()
                try await client.send(
                    "POST \(Self.predict) HTTP/1.1\r\nHost: a\r\n\(Self.png)\r\nTransfer-Encoding: chunked\r\n\r\n")
                for start in stride(from: 0, to: Self.picture.count, by: 1_000) {
                    let piece = Self.picture[start..<min(start + 1_000, Self.picture.count)]
                    try await client.send(
                        Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8))
                }
                try await client.send("0\r\n\r\n")
                #expect(try await client.reply().status == 200)
            }
        }
    }

    @Test func aBodyOverTheLimitIs413WithLengthAndInChunks() async throws {
        try await LiveServer.with(limits: ["body": 2_048]) { server in
            do {
                let client = try server.client()
                try await client.send(
                    "POST \(Self.predict) HTTP/1.1\r\nHost: a\r\n\(Self.png)\r\nContent-Length: 2049\r\n\r\n")
                let answer = try await client.reply()
                #expect(answer.status == 413)
                #expect(answer.text.contains("2048"), "\(answer.text)")
            }
            do {
                let client = try server.client()
                try await client.send(
                    "POST \(Self.predict) HTTP/1.1\r\nHost: a\r\n\(Self.png)\r\nTransfer-Encoding: chunked\r\n\r\n")
                let piece = Array("400\r\n".utf8) + [UInt8](repeating: 0, count: 1_024) + Array("\r\n".utf8)
                for _ in 0..<3 { try await client.send(piece) }
                #expect(try await client.reply().status == 413)
            }
            #expect(try await server.status("GET", "/readyz") == 200)
        }
    }

    @Test func slowHeadersAre408() async throws {
        try await LiveServer.with(limits: ["header_deadline": 200]) { server in
            do {
                let client = try server.client()
                try await client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ")
                let answer = try await client.reply()
                #expect(answer.status == 408)
                #expect(try await client.isClosed())
            }
        }
    }

    @Test func anIdleConnectionIsClosed() async throws {
        try await LiveServer.with(limits: ["idle": 200]) { server in
            do {
                let client = try server.client()
                let reply = try await client.request("GET", "/healthz")
                #expect(reply.status == 200)
                #expect(try await client.isClosed())
            }
        }
    }

    @Test func headersOverTheLimitsAreRefused() async throws {
        try await LiveServer.with(limits: ["header": 2_048, "header_fields": 8, "target": 256]) { server in
            let long = { String(repeating: "a", count: $0) }
            let fields = { (count: Int) in (0..<count).map { "X\($0): 1" } }
            let statuses = try await [
                server.status("GET", "/" + long(256)), server.status("GET", "/healthz", ["X: " + long(2_048)]),
                server.status("GET", "/healthz", fields(8)), server.status("GET", "/healthz", fields(7)),
            ]
            #expect(statuses == [414, 431, 431, 200])
        }
    }

    @Test(arguments: [
        "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /healthz HTTP/1.1\r\n\r\n", "GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n", "GET /healthz HTTP/1.1\nHost: a\n\n",
        "POST /v1/models/vit/predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
    func brokenHTTPIs400AndTheEnd(_ text: String) async throws {
        try await LiveServer.with([:]) { server in
            do {
                let client = try server.client()
                try await client.send(text)
                let answer = try await client.reply()
                #expect(answer.status == 400)
                let problem = try JSONValue.parse(answer.body)
                #expect(problem.keys == ["type", "title", "status", "detail", "instance"])
                #expect(problem["instance"]?.string == answer.fields["x-request-id"])
                #expect(try await client.isClosed())
            }
            #expect(try await server.status("GET", "/healthz") == 200)
        }
    }

    @Test func aClientGoneInTheMiddleHarmsNobody() async throws {
        try await LiveServer.with(["vit": TinyModel(), "slow": LiveServer.slow]) { server in
            let body = Self.batch(8)
            for cut in [1, 40, 200, body.count / 2, body.count] {
                for resets in [true, false] {
                    do {
                        let client = try server.client()
                        let head =
                            "POST /v1/models/slow/predict HTTP/1.1\r\nHost: a\r\n\(Self.json)\r\nContent-Length: \(body.count)\r\n\r\n"
                        try await client.send(
                            Array((Array(head.utf8) + body).prefix(cut < body.count ? cut : head.utf8.count + cut)))
                        if resets { try await client.reset() }
                    }
                }
            }
            #expect(try await server.status("GET", "/readyz") == 200)
            #expect(try await server.status("POST", Self.predict, [Self.png], body: Self.picture) == 200)
        }
    }

    /// A client whose request has been begun, but for the last byte of its body.
    private func begun(_ server: LiveServer) async throws -> (client: RawClient, last: [UInt8]) {
        let body = Self.batch(48)
        let client = try server.client()
        try await client.send(
            "POST /v1/models/slow/predict HTTP/1.1\r\nHost: a\r\n\(Self.json)\r\nExpect: 100-continue\r\n"
                + "Content-Length: \(body.count)\r\n\r\n")
        try await client.untilContinued()
        try await client.send(Array(body.dropLast()))
        return (client, Array(body.suffix(1)))
    }

    /// As after SIGTERM: what was begun is finished, what comes later is not taken.
    @Test func stoppingFinishesARequestThatRuns() async throws {
        let server = try await LiveServer(["slow": LiveServer.slow])
        let (client, last) = try await begun(server)
        async let stopped: Void = server.running.stop()
        try await client.send(last)
        let answer = try await client.reply()
        #expect(answer.status == 200)
        #expect(try JSONValue.parse(answer.body)["results"]?.count == 48)
        #expect(try await client.isClosed())
        await stopped
        #expect(throws: RawSocket.Failure.self) { _ = try server.client() }
    }

    /// Without grace what still runs is given up, and the server stops all the same.
    @Test func stoppingWithoutGraceDoesNotWait() async throws {
        let server = try await LiveServer(["slow": LiveServer.slow], grace: 0)
        let (client, last) = try await begun(server)
        try await client.send(last)
        await server.running.stop()
        let status = try? await client.reply().status
        #expect(status.map { [200, 499, 503].contains($0) } ?? true)
        #expect(throws: RawSocket.Failure.self) { _ = try server.client() }
    }

    @Test func moreConnectionsThanTheLimitAreToldSo() async throws {
        try await LiveServer.with([:], limits: ["connections": 2]) { server in
            let (first, second) = (try server.client(), try server.client())
            #expect(try await first.request("GET", "/healthz").status == 200)
            #expect(try await second.request("GET", "/healthz").status == 200)
            #expect(try await server.client().reply().status == 503)
            #expect(try await first.request("GET", "/healthz").status == 200)
        }
    }

    @Test func thePortInUseIsToldAsAnError() async throws {
        try await LiveServer.with([:]) { server in
            let document: JSONValue = ["server": ["port": .integer(Int64(server.port))]]
            let configuration = try Configuration(document, file: "a.yaml", folder: URL(filePath: "/"))
            let error = await #expect(throws: (any Error).self) {
                _ = try await RunningServer(configuration, log: LiveServer.silence)
            }
            #expect(error.map { "\($0)" }?.contains("\(server.port)") == true)
        }
    }
}
