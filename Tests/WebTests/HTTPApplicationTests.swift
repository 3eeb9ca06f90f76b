import HTTP
import HTTPTypes
import Logging
import Synchronization
import Testing
import TextNumbers
import Web

struct HTTPApplicationTests {
    private let requestID = HTTPField.Name("X-Request-ID") ?? .accept
    private let serverTiming = HTTPField.Name("Server-Timing") ?? .accept

    @Test(
        "answers without an endpoint",
        arguments: [
            (.get, "/nothing", 404, nil), (.get, "/v1/..%2fx", 404, nil),
            (.post, "/v1/things", 405, "GET, HEAD, OPTIONS"),
            (.get, "/v1/jobs", 405, "OPTIONS, POST"), (.options, "/v1/things", 204, "GET, HEAD, OPTIONS"),
            (.options, "*", 204, "GET, HEAD, OPTIONS, POST"), (.options, "/nothing", 404, nil),
            (.head, "/v1/things", 200, nil),
        ] as [(HTTPRequest.Method, String, Int, String?)])
    func routing(_ method: HTTPRequest.Method, _ target: String, _ status: Int, _ allow: String?) async throws {
        let answer = try await SampleApplication.make().ask(method, target)
        #expect(answer.status == status)
        #expect(answer.head.headerFields[.allow] == allow)
    }

    @Test(
        "problems in words",
        arguments: [
            (.get, "/nothing", "There is nothing at this path. GET /openapi.json lists what there is."),
            (.post, "/v1/things", "\"POST\" is not possible here: expected GET, HEAD or OPTIONS."),
            (.get, "/v1/fails/field", "/x: bad"), (.get, "/v1/fails/busy", "Full."),
            (.get, "/v1/fails/cancelled", "The request was cancelled."),
        ] as [(HTTPRequest.Method, String, String)])
    func problems(_ method: HTTPRequest.Method, _ target: String, _ detail: String) async throws {
        let answer = try await SampleApplication.make().ask(method, target, fields: [requestID: "abc"])
        #expect(try answer.json["detail"]?.string == detail)
        #expect(try answer.json["instance"] == "abc")
        #expect(try answer.json["status"]?.int == answer.status)
    }

    @Test func anUnforeseenErrorIsA500ThatSaysNothingAndIsLogged() async throws {
        let recorder = LogRecorder()
        let answer = try await SampleApplication.make(log: recorder.logger).ask(
            .get, "/v1/fails/unforeseen", fields: [requestID: "abc"])
        #expect(answer.status == 500)
        #expect(
            try answer.json["detail"]?.string
                == "Something failed that should not have. The server's log has it under \"abc\".")
        #expect(!answer.text.contains("secret"))
        #expect(recorder.lines.contains { $0.contains("/home/secret") && $0.contains("abc") })
    }

    @Test func aProblemKeepsItsFields() async throws {
        let answer = try await SampleApplication.make().ask(.get, "/v1/fails/busy")
        #expect(answer.status == 429)
        #expect(answer.head.headerFields[.retryAfter] == "3")
    }

    @Test("request ids that are taken", arguments: ["a", "A.b_c-9", String(repeating: "x", count: 128)])
    func takenID(_ id: String) async throws {
        let answer = try await SampleApplication.make().ask(.get, "/v1/things", fields: [requestID: id])
        #expect(answer.head.headerFields[requestID] == id)
    }

    @Test(
        "request ids that are replaced", arguments: ["", "a b", "a@b", "é", "a/b", String(repeating: "x", count: 129)])
    func replacedID(_ id: String) async throws {
        let answer = try await SampleApplication.make().ask(.get, "/v1/things", fields: [requestID: id])
        let made = try #require(answer.head.headerFields[requestID])
        #expect(made.hasPrefix("req-") && made.utf8.count == 20)
    }

    @Test func timesAreTold() async throws {
        let answer = try await SampleApplication.make().ask(.get, "/v1/fails/timed")
        let field = try #require(answer.head.headerFields[serverTiming])
        #expect(field.contains("compute;dur=12.000"))
        #expect(field.contains("decode;dur=") && field.contains("encode;dur="))
    }

    @Test func eachRequestIsLoggedWithoutItsQueryAndWithItsTrace() async throws {
        let recorder = LogRecorder()
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        _ = try await SampleApplication.make(log: recorder.logger).ask(
            .get, "/v1/things?limit=3", fields: [requestID: "abc", .traceparent: trace])
        let line = try #require(recorder.lines.last)
        #expect(line.contains("GET /v1/things 200"))
        #expect(line.contains("request=abc") && line.contains("trace=0af7651916cd43dd8448eb211c80319c"))
        #expect(!line.contains("limit"))
    }

    @Test func eachRequestIsObservedUnderItsRoute() async throws {
        let seen = Mutex<[String]>([])
        let application = SampleApplication.make { record in
            seen.withLock { $0.append("\(record.method) \(record.route ?? "-") \(record.status.code)") }
        }
        _ = try await application.ask(.post, "/v1/models/a/predict", json: [:])
        _ = try await application.ask(.post, "/v1/models/b/predict", json: ["x": 1])
        _ = try await application.ask(.get, "/nothing")
        #expect(
            seen.withLock { $0 } == [
                "POST /v1/models/{model}/predict 200", "POST /v1/models/{model}/predict 400", "GET - 404",
            ])
    }

    @Test func aGuardRefusesBeforeTheHandler() async throws {
        let application = SampleApplication.make(guards: [
            { endpoint, _ in
                if endpoint.description.tag == "Jobs" { throw Problem(.serviceUnavailable, "Stopping.") }
            }
        ])
        #expect(try await application.ask(.post, "/v1/jobs").status == 503)
        #expect(try await application.ask(.get, "/v1/things").status == 200)
    }

    @Test(
        "an entity tag that the client knows",
        arguments: [("\"v1\"", 304), ("W/\"v1\", \"v0\"", 304), ("*", 304), ("\"v2\"", 200)])
    func conditional(_ known: String, _ status: Int) async throws {
        let answer = try await SampleApplication.make().ask(.get, "/v1/tagged", fields: [.ifNoneMatch: known])
        #expect(answer.status == status)
        #expect(answer.bytes.isEmpty == (status == 304))
        #expect(answer.head.headerFields[.eTag] == "\"v1\"")
    }

    // MARK: gzip

    @Test(
        "gzip from a kibibyte on, at once or streamed",
        arguments: [(0, false), (1_024, false), (1_025, true), (65_536, true), (65_537, true), (1_000_000, true)])
    func compressed(_ size: Int, _ isCoded: Bool) async throws {
        let answer = try await SampleApplication.make().ask(
            .get, "/v1/large?size=\(size)", fields: [.acceptEncoding: "gzip, deflate"])
        #expect((answer.head.headerFields[.contentEncoding] == "gzip") == isCoded)
        #expect(answer.head.headerFields[.vary]?.contains("Accept-Encoding") == true)
        #expect(try plain(answer) == [UInt8](repeating: 0x61, count: size))
    }

    @Test func aStreamIsCompressedToo() async throws {
        let answer = try await SampleApplication.make().ask(.get, "/v1/stream", fields: [.acceptEncoding: "gzip"])
        #expect(answer.head.headerFields[.contentEncoding] == "gzip")
        let lines = String(decoding: try plain(answer), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 1_000 && lines.last == "{\"line\":999}")
    }

    @Test(arguments: [nil, "identity", "gzip;q=0", "br"])
    func nobodyIsGivenGzipWhoDoesNotAsk(_ accept: String?) async throws {
        var fields: HTTPFields = [:]
        fields[.acceptEncoding] = accept
        let answer = try await SampleApplication.make().ask(.get, "/v1/large?size=5000", fields: fields)
        #expect(answer.head.headerFields[.contentEncoding] == nil)
        #expect(answer.bytes.count == 5_000)
    }

    private func plain(_ answer: Answer) throws -> [UInt8] {
        guard answer.head.headerFields[.contentEncoding] == "gzip" else { return answer.bytes }
        let decoder = GzipDecoder(limit: 10_000_000)
        decoder.append(answer.bytes)
        var bytes: [UInt8] = []
        while let piece = try decoder.next() { bytes += piece }
        try decoder.finish()
        return bytes
    }
}

/// Keeps what is logged.
final class LogRecorder: Sendable {
    private let recorded = Mutex<[String]>([])

    var lines: [String] { recorded.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let text = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            recorder.recorded.withLock { $0.append("\(event.level) \(event.message) \(text)") }
        }
    }
}
