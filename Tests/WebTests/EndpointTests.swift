import HTTP
import HTTPTypes
import Testing
import TextNumbers
import Web

/// Requests through a small application: what is decoded, negotiated, refused.
struct EndpointTests {
    @Test func aJSONBodyIsReadAndAnswered() async throws {
        let answer = try await SampleApplication.make().ask(.post, "/v1/models/vit/predict", json: ["inputs": [1, 2]])
        #expect(answer.status == 200)
        #expect(answer.head.headerFields[.contentType] == "application/json")
        #expect(try answer.json == ["model": "vit", "sum": 3, "top_k": 5, "images": [], "raw": nil])
    }

    @Test("bodies that are refused", arguments: SampleApplication.refusedBodies)
    func refused(_ example: SampleApplication.RefusedBody) async throws {
        let answer = try await SampleApplication.make().ask(
            .post, example.target, fields: example.fields, body: Array(example.body.utf8))
        #expect(answer.status == example.status)
        #expect(answer.head.headerFields[.contentType] == "application/problem+json")
        #expect(try answer.json["detail"]?.string == example.detail)
    }

    @Test func aRawBodyComesAsBytesAndItsDocumentInTheQuery() async throws {
        let target = "/v1/models/vit/predict?request=%7B%22inputs%22:%5B4%5D%7D"
        let answer = try await SampleApplication.make().ask(
            .post, target, fields: [.contentType: "image/png"], body: [1, 2, 3])
        #expect(try answer.json["raw"] == "image/png 3")
        #expect(try answer.json["sum"] == 4)
    }

    @Test(arguments: [1, 2, 7, 1_000])
    func partsOfAMultipartBodyAreFoundHoweverItIsCut(_ piece: Int) async throws {
        let body = multipart([
            ("image", "a.png", "image/png", "AAA"),
            ("request", nil, "application/json", "{\"inputs\":[1],\"part\":\"extra\"}"),
            ("image", "b.png", nil, "BB"), ("extra", "c.bin", nil, "C"),
        ])
        let head = HTTPRequest(
            method: .post, scheme: "http", authority: "x", path: "/v1/models/vit/predict",
            headerFields: [.contentType: "multipart/form-data; boundary=XX"])
        let response = await SampleApplication.make().respond(to: Request(head: head, body: .bytes(body, piece: piece)))
        let json = try JSONValue.parse(try await response.body.collected())
        #expect(json["images"] == ["a.png 3", "b.png 2", "extra 1"])
    }

    @Test(
        "a part that is referred to",
        arguments: [
            ("imag", "/part: no part of the body is named \"imag\"; did you mean \"image\"?"),
            ("zebra", "/part: no part of the body is named \"zebra\"; its parts are \"image\""),
            ("image", "/part: 2 parts of the body are named \"image\"; expected one"),
        ])
    func missingPart(_ name: String, _ detail: String) async throws {
        let body = multipart([
            ("image", "a", nil, "A"), ("image", "b", nil, "B"),
            ("request", nil, nil, "{\"inputs\":[],\"part\":\"\(name)\"}"),
        ])
        let answer = try await SampleApplication.make().ask(
            .post, "/v1/models/vit/predict", fields: [.contentType: "multipart/form-data; boundary=XX"], body: body)
        #expect(answer.status == 400)
        #expect(try answer.json["detail"]?.string == detail)
    }

    @Test func aGzippedBodyIsDecodedAndItsLimitCountsDecodedBytes() async throws {
        let fields: HTTPFields = [.contentType: "application/json", .contentEncoding: "gzip"]
        let good = GzipEncoder.encode(Array("{\"inputs\":[5]}".utf8))
        let answer = try await SampleApplication.make().ask(.post, "/v1/models/vit/predict", fields: fields, body: good)
        #expect(try answer.json["sum"] == 5)

        let bomb = GzipEncoder.encode(Array(repeating: 0x20, count: SampleApplication.bodyLimit + 1))
        let refused = try await SampleApplication.make().ask(
            .post, "/v1/models/vit/predict", fields: fields, body: bomb)
        #expect(refused.status == 413)
        #expect(try refused.json["maximum"]?.int == SampleApplication.bodyLimit)
        #expect(try refused.json["detail"]?.string == "The body is larger than the limit of 4096 bytes (limits.body).")
    }

    @Test(arguments: [(-1, 200), (0, 200), (1, 413)])
    func theBodyLimitHoldsToTheByte(_ beyond: Int, _ status: Int) async throws {
        let json = Array("{\"inputs\":[]}".utf8)
        let padding = [UInt8](repeating: 0x20, count: SampleApplication.bodyLimit + beyond - json.count)
        let answer = try await SampleApplication.make().ask(
            .post, "/v1/models/vit/predict", fields: [.contentType: "application/json"], body: json + padding)
        #expect(answer.status == status)
    }

    @Test(arguments: [(1_000, 0), (200_000, 1)])
    func largeDocumentsAreParsedByTheWorkers(_ size: Int, _ calls: Int) async throws {
        let workers = CountingWorkers()
        let endpoint = Endpoint(
            .post, "/x", "X", tag: "X", body: RequestForm(Form.json), responds: .json("X.", .any), handler: { _ in nil }
        )
        let application = HTTPApplication(
            [endpoint], info: .init(title: "", version: "", summary: ""), workers: workers,
            log: SampleApplication.silent)
        let answer = try await application.ask(.post, "/x", json: .string(String(repeating: "a", count: size)))
        #expect(answer.status == 200)
        #expect(await workers.calls == calls)
    }

    @Test(
        "Accept chooses",
        arguments: [
            (nil, "application/json"), ("*/*", "application/json"), ("text/plain", "text/plain"),
            ("text/*", "text/plain"), ("application/json;q=0.5, text/plain", "text/plain"),
            ("image/png, application/*;q=0.1", "application/json"),
        ] as [(String?, String)])
    func negotiated(_ accept: String?, _ type: String) async throws {
        var fields: HTTPFields = [:]
        fields[.accept] = accept
        let answer = try await SampleApplication.make().ask(.get, "/v1/things?limit=3", fields: fields)
        #expect(answer.status == 200)
        #expect(answer.head.headerFields[.contentType] == type)
        #expect(answer.head.headerFields[.vary]?.contains("Accept") == true)
    }

    @Test func whatCannotBeAnsweredIsA406WithTheList() async throws {
        let answer = try await SampleApplication.make().ask(.get, "/v1/things", fields: [.accept: "image/png"])
        #expect(answer.status == 406)
        #expect(try answer.json["offered"] == ["application/json", "text/plain"])
        #expect(
            try answer.json["detail"]?.string
                == "Nothing that this endpoint can answer with is named by Accept: application/json or text/plain can be had."
        )
    }

    @Test func anUnsupportedTypeIsA415WithTheList() async throws {
        let answer = try await SampleApplication.make().ask(
            .post, "/v1/models/vit/predict", fields: [.contentType: "image/tiff"], body: [1])
        #expect(answer.status == 415)
        #expect(try answer.json["accepted"] == ["application/json", "multipart/form-data", "image/png"])
        #expect(answer.head.headerFields[.accept] == "application/json, multipart/form-data, image/png")
    }

    @Test func aHandlerCanSetStatusAndFields() async throws {
        let answer = try await SampleApplication.make().ask(.post, "/v1/jobs")
        #expect(answer.status == 202)
        #expect(answer.head.headerFields[.location] == "/v1/jobs/1")
    }

    private func multipart(_ parts: [(name: String, file: String?, type: String?, content: String)]) -> [UInt8] {
        var text = ""
        for part in parts {
            text += "--XX\r\nContent-Disposition: form-data; name=\"\(part.name)\""
            if let file = part.file { text += "; filename=\"\(file)\"" }
            if let type = part.type { text += "\r\nContent-Type: \(type)" }
            text += "\r\n\r\n\(part.content)\r\n"
        }
        return Array((text + "--XX--\r\n").utf8)
    }
}

private actor CountingWorkers: Workers {
    private(set) var calls = 0

    func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        calls += 1
        return try body()
    }
}
