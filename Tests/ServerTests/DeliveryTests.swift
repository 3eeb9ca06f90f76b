import Foundation
import HTTP
import ServiceTesting
import Testing
import TextNumbers
import Transport

@testable import prisma

/// Answers on their way over a real socket: compressed, in parts, unchanged, in lines.
@Suite(.serialized) struct DeliveryTests {
    private static let page = Array(
        String(repeating: "<p>Prisma shows what a transformer sees.</p>\n", count: 400).utf8)
    private static let weight = "/v1/models/vit/weights/blocks.0.mlp.W_in"

    /// A server with a folder of static files.
    private func serving(_ body: (RawClient, Int) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        _ = try TinyModel(width: 96, neurons: 384).checkpoint.write(to: folder, named: "vit")
        try folder.write(Self.page, to: "public/index.html")
        try folder.write(SmallPNG(noise: 1, width: 64, height: 64).bytes, to: "public/assets/noise.png")
        let document: JSONValue = [
            "server": ["port": 0, "public": "public"], "models": [["id": "vit", "path": "vit"]],
        ]
        let running = try await RunningServer(
            Configuration(document, file: "test.yaml", folder: folder.url), log: LiveServer.silence)
        await running.untilLoaded()
        do {
            try await body(RawClient(port: running.address.port), running.address.port)
        } catch {
            await running.stop()
            throw error
        }
        await running.stop()
    }

    private func inflate(_ bytes: [UInt8]) throws -> [UInt8] {
        let decoder = GzipDecoder(limit: 1 << 24)
        decoder.append(bytes)
        var whole: [UInt8] = []
        while let piece = try decoder.next() { whole += piece }
        return whole
    }

    @Test func aPageIsCompressedAndKnownAgain() async throws {
        try await serving { client, _ in
            let plain = try await client.request("GET", "/")
            #expect(plain.status == 200 && plain.body == Self.page)
            #expect(plain.fields["content-encoding"] == nil)
            #expect(plain.fields["vary"]?.contains("Accept-Encoding") == true)
            let coded = try await client.request("GET", "/", ["Accept-Encoding: gzip"])
            #expect(coded.fields["content-encoding"] == "gzip" && coded.body.count < Self.page.count / 4)
            #expect(try inflate(coded.body) == Self.page)
            let tag = try #require(coded.fields["etag"])
            #expect(tag.hasPrefix("W/"))
            let known = try await client.request("GET", "/", ["Accept-Encoding: gzip", "If-None-Match: \(tag)"])
            #expect(known.status == 304 && known.body.isEmpty)
        }
    }

    @Test(arguments: [("/assets/noise.png", ""), (weight, "Accept: application/x-npy")])
    func bytesComeInParts(_ target: String, _ accept: String) async throws {
        try await serving { client, _ in
            let fields = accept.isEmpty ? [] : [accept]
            let whole = try await client.request("GET", target, fields)
            #expect(whole.status == 200 && whole.fields["accept-ranges"] == "bytes")
            let (size, tag) = (whole.body.count, try #require(whole.fields["etag"]))
            var joined: [UInt8] = []
            for start in stride(from: 0, to: size, by: size / 3 + 1) {
                let end = min(start + size / 3, size - 1)
                let part = try await client.request(
                    "GET", target, fields + ["Range: bytes=\(start)-\(end)", "If-Range: \(tag)"])
                #expect(part.status == 206)
                #expect(part.fields["content-range"] == "bytes \(start)-\(end)/\(size)")
                joined += part.body
            }
            #expect(joined == whole.body)
            let beyond = try await client.request("GET", target, fields + ["Range: bytes=\(size)-"])
            #expect(beyond.status == 416 && beyond.fields["content-range"] == "bytes */\(size)")
            let changed = try await client.request("GET", target, fields + ["Range: bytes=0-9", "If-Range: \"other\""])
            #expect(changed.status == 200 && changed.body == whole.body)
            let known = try await client.request("GET", target, fields + ["If-None-Match: \(tag)"])
            #expect(known.status == 304 && known.body.isEmpty)
            let head = try await client.request("HEAD", target, fields + ["Range: bytes=0-9"])
            #expect(head.body.isEmpty && head.fields["content-length"] != nil)
            // Bytes are sent as they are, whoever asks for gzip.
            let asked = try await client.request("GET", target, fields + ["Accept-Encoding: gzip"])
            #expect(asked.fields["content-encoding"] == nil && asked.body == whole.body)
        }
    }

    @Test func numbersAsTextAreCompressedAndKnownAgain() async throws {
        try await serving { client, _ in
            let plain = try await client.request("GET", Self.weight)
            let coded = try await client.request("GET", Self.weight, ["Accept-Encoding: gzip"])
            #expect(plain.status == 200 && plain.fields["content-encoding"] == nil)
            #expect(coded.fields["content-encoding"] == "gzip")
            #expect(try inflate(coded.body) == plain.body)
            let tag = try #require(coded.fields["etag"])
            #expect(try await client.request("GET", Self.weight, ["If-None-Match: \(tag)"]).status == 304)
        }
    }

    @Test func linesComeOverTheSocketPlainAndCompressed() async throws {
        try await serving { client, _ in
            let inputs = (0..<40).map { number -> JSONValue in
                ["image": ["base64": .string(Base64.encode(number == 35 ? [1] : RunningServerTests.picture))]]
            }
            let document: JSONValue = ["inputs": .array(inputs)]
            let fields = ["Content-Type: application/json", "Accept: application/x-ndjson"]
            let target = "/v1/models/vit/predict"
            let plain = try await client.request("POST", target, fields, body: document.serialized)
            let coded = try await client.request(
                "POST", target, fields + ["Accept-Encoding: gzip"], body: document.serialized)
            #expect(plain.fields["transfer-encoding"] == "chunked" && coded.fields["content-encoding"] == "gzip")
            for text in [plain.body, try inflate(coded.body)] {
                let lines = try text.split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse(Array($0)) }
                #expect(lines.count == 41)
                #expect(lines.dropLast().map { $0["index"]?.int } == (0..<40).map { $0 })
                #expect(lines[35].at("error", "status") == 422)
                #expect(lines[40]["done"] == true && lines[40]["failed"] == 1)
            }
            #expect(try await client.request("GET", "/healthz").status == 200, "the connection is still good")
        }
    }

    @Test func connectionsAreCounted() async throws {
        try await serving { client, port in
            let figure = { (name: String) in
                let text = try await client.request("GET", "/metrics").text
                return text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
                    .flatMap { Int($0.split(separator: " ")[1]) }
            }
            #expect(try await figure("prisma_connections_open") == 1)
            do {
                let other = try RawClient(port: port)
                #expect(try await other.request("GET", "/healthz").status == 200)
                #expect(try await figure("prisma_connections_open") == 2)
            }
            #expect(try await figure("prisma_connections_accepted_total") == 2)
        }
    }

    /// A model that is unloaded while a request computes is still that request's own.
    @Test func unloadingTakesNothingFromARequestThatRuns() async throws {
        try await LiveServer.with(["slow": LiveServer.slow]) { server in
            let (worker, client) = (try server.client(), try server.client())
            async let answer = worker.request(
                "POST", "/v1/models/slow/predict", ["Content-Type: application/json"],
                body: RunningServerTests.batch(64))
            // Each look is an answer of the server; the request is caught while it computes, or has already ended.
            var text = ""
            repeat {
                text = try await client.request("GET", "/metrics").text
            } while !text.contains("prisma_queue_running 1\n") && !text.contains("prisma_work_completed_total 1\n")
            #expect(text.contains("prisma_queue_running 1\n"))
            #expect(try await client.request("POST", "/v1/models/slow/unload").text.contains("\"unloaded\""))
            let refused = try await client.request(
                "POST", "/v1/models/slow/predict", ["Content-Type: image/png"], body: RunningServerTests.picture)
            #expect(refused.status == 409)
            let reply = try await answer
            #expect(reply.status == 200)
            #expect(try JSONValue.parse(reply.body)["results"]?.count == 64)
        }
    }
}
