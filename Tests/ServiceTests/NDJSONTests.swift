import HTTP
import HTTPTypes
import Service
import ServiceTesting
import Synchronization
import Testing
import TextNumbers
import Web

/// Answers line by line, sent while they are computed.
@Suite struct NDJSONTests {
    private let lines = Requests.accepting("application/x-ndjson")

    private func documents(_ answer: Answer) throws -> [JSONValue] {
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.head.headerFields[.contentType] == "application/x-ndjson")
        #expect(answer.bytes.last == UInt8(ascii: "\n"))
        return try answer.bytes.split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse(Array($0)) }
    }

    private static let pictures = (0..<7).map { Requests.image(SmallPNG(noise: UInt64($0)).bytes) }

    private func inputs(_ count: Int) -> JSONValue {
        .array((0..<count).map { Self.pictures[$0 % Self.pictures.count] })
    }

    private func service(rows: Int) async throws -> TestService {
        var limits = ServiceLimits()
        limits.batchRows = rows
        return try await TestService(["vit": TinyModel()], limits: limits)
    }

    /// In whatever chunks: the same results in the same order.
    @Test(arguments: [1, 3, 7, 32])
    func predictionsAreALineAnInput(_ rows: Int) async throws {
        let service = try await service(rows: rows)
        let document: JSONValue = ["inputs": inputs(7), "top_k": 2, "answer": "heart"]
        let whole = try await service.post("/v1/models/vit/predict", document).json
        let read = try documents(try await service.post("/v1/models/vit/predict", document, fields: lines))
        #expect(read.count == 8)
        for (index, line) in read.dropLast().enumerated() {
            #expect(line.keys == ["index", "top", "answer", "rank"])
            #expect(line["index"] == .integer(Int64(index)))
            #expect(line["rank"] == whole["results"]?[index]?["rank"])
            for place in 0..<2 {
                let (mine, theirs) = (line["top"]?[place], whole["results"]?[index]?["top"]?[place])
                #expect(mine?["label"] == theirs?["label"])
                let difference = (mine?["logit"]?.double ?? .nan) - (theirs?["logit"]?.double ?? .nan)
                #expect(abs(difference) < 1e-4)
            }
        }
        let last = try #require(read.last)
        #expect(last["done"] == true && last["inputs"] == 7 && last["failed"] == 0)
        #expect(last["provenance"] == whole["provenance"])
    }

    @Test(arguments: [1, 2, 32])
    func tensorsKeepAFirstAxisOfOne(_ rows: Int) async throws {
        let service = try await service(rows: rows)
        let document: JSONValue = [
            "inputs": inputs(3), "capture": [["hooks": ["*.hook_resid_post", "pixel_values"], "positions": "cls"]],
        ]
        let whole = try await service.post("/v1/models/vit/run", document).json
        let read = try documents(try await service.post("/v1/models/vit/run", document, fields: lines))
        #expect(read.count == 4)
        for (name, tensor) in try #require(whole["tensors"]?.object).map({ ($0.key, $0.value) }) {
            let shape = try #require(tensor["shape"]?.array)
            let all = try #require(tensor["data"]?.doubles)
            let each = all.count / 3
            for (index, line) in read.dropLast().enumerated() {
                let mine = try #require(line["tensors"]?[name], "\(name)")
                #expect(mine["shape"]?.array == [1] + shape.dropFirst())
                let data = try #require(mine["data"]?.doubles)
                #expect(data.count == each)
                for (a, b) in zip(data, all[(index * each)...]) { #expect(abs(a - b) < 1e-4) }
            }
        }
        #expect(read.last?.at("provenance", "model") == "vit")
    }

    /// A batch in one tensor is as many inputs as it has rows.
    @Test func theRowsOfATensorAreInputs() async throws {
        let service = try await service(rows: 2)
        let document: JSONValue = [
            "inputs": .array([Requests.tensor(0.25, shape: [5, 3, 32, 32]), Requests.image(Requests.picture)]),
            "hooks": ["blocks.0.hook_resid_post"], "positions": "cls",
        ]
        let read = try documents(try await service.post("/v1/models/vit/activations", document, fields: lines))
        #expect(read.dropLast().map { $0["index"]?.int } == [0, 1, 2, 3, 4, 5])
        #expect(read.last?["inputs"] == 6)
    }

    /// Nothing has been sent yet: the request is refused as any other.
    @Test func whatFailsInTheFirstChunkIsAProblem() async throws {
        let service = try await service(rows: 2)
        for (document, status) in [
            (["inputs": .array([Requests.image(Requests.picture), Requests.image([1, 2, 3])])], 422),
            (["inputs": []], 400), (["inputs": inputs(1), "nonsense": 1], 400), (["inputs": inputs(257)], 413),
        ] as [(JSONValue, Int)] {
            let answer = try await service.post("/v1/models/vit/predict", document, fields: lines)
            #expect(answer.status == status, "\(answer.text)")
            #expect(answer.head.headerFields[.contentType] == "application/problem+json")
        }
        #expect(try await service.post("/v1/models/nobody/predict", ["inputs": inputs(1)], fields: lines).status == 404)
    }

    /// Later an input that cannot be read is a line of its own, and the others go on.
    @Test func whatFailsLaterFailsAlone() async throws {
        let service = try await service(rows: 2)
        var all = try #require(inputs(7).array)
        all[3] = Requests.image([1, 2, 3])
        all[6] = Requests.image(Array(Requests.picture.prefix(200)))
        let document: JSONValue = ["inputs": .array(all)]
        let read = try documents(try await service.post("/v1/models/vit/predict", document, fields: lines))
        #expect(read.count == 8)
        for (index, line) in read.dropLast().enumerated() {
            #expect(line["index"] == .integer(Int64(index)))
            #expect((line["top"] != nil) == ![3, 6].contains(index))
            #expect((line["error"] != nil) == [3, 6].contains(index))
        }
        let problem = try #require(read[3]["error"])
        #expect(problem["status"] == 422)
        #expect(problem["errors"]?[0]?["pointer"] == "/inputs/3/image")
        #expect(problem["instance"]?.string?.hasPrefix("req-") == true)
        #expect(read[6].at("error", "status") == 422)
        #expect(read.last?["failed"] == 2)
    }

    /// When the server stops within an answer, the rest says so.
    @Test func aLaneThatClosesFailsTheRest() async throws {
        let service = try await service(rows: 1)
        let fields: HTTPFields = [.accept: "application/x-ndjson", .contentType: "application/json"]
        let document: JSONValue = ["inputs": inputs(3)]
        let response = await service.application.respond(
            to: Request(
                head: HTTPRequest(
                    method: .post, scheme: "http", authority: "a", path: "/v1/models/vit/predict", headerFields: fields),
                body: .bytes(document.serialized)))
        await service.service.drain()
        let text = String(decoding: try await response.body.collected(), as: UTF8.self)
        let read = try text.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
        #expect(read.count == 4)
        #expect(read[0]["top"] != nil)
        #expect(read[1].at("error", "status") == 503 && read[2].at("error", "status") == 503)
        #expect(read[3]["failed"] == 2)
    }

    /// What has not been asked for has not been computed: a chunk at a time.
    @Test func chunksAreComputedAsTheyAreSent() async throws {
        let service = try await service(rows: 1)
        let fields: HTTPFields = [.accept: "application/x-ndjson", .contentType: "application/json"]
        let document: JSONValue = ["inputs": inputs(5)]
        let response = await service.application.respond(
            to: Request(
                head: HTTPRequest(
                    method: .post, scheme: "http", authority: "a", path: "/v1/models/vit/predict", headerFields: fields),
                body: .bytes(document.serialized)))
        #expect(try await computed(service) == 1)
        guard case .stream(nil, let produce) = response.body else {
            Issue.record("not a stream")
            return
        }
        let writer = Refusing(after: 2)
        await #expect(throws: Refusing.Gone.self) { try await produce(writer) }
        #expect(try await computed(service) == 3, "the client went away while the third line was sent")
    }

    private func computed(_ service: TestService) async throws -> Int? {
        try await service.get("/metrics").text.split(separator: "\n")
            .first { $0.hasPrefix("prisma_work_completed_total ") }
            .flatMap { Int($0.split(separator: " ")[1]) }
    }

    /// A client that goes away.
    private final class Refusing: ResponseWriter {
        struct Gone: Error {}
        private let left: Mutex<Int>

        init(after count: Int) { left = Mutex(count) }

        func write(_ bytes: [UInt8]) async throws {
            let goesOn = left.withLock { left in
                left -= 1
                return left >= 0
            }
            if !goesOn { throw Gone() }
        }
    }

    @Test func aDryRunIsOneLine() async throws {
        let service = try await service(rows: 2)
        let document: JSONValue = ["inputs": inputs(3), "dry_run": true]
        let read = try documents(try await service.post("/v1/models/vit/run", document, fields: lines))
        #expect(read.count == 1)
        #expect(read[0]["done"] == true && read[0]["dry_run"] == true)
        #expect(read[0].at("tensors", "output", "shape") == [3, 5])
    }

    @Test func linesAreCompressedForWhoAsks() async throws {
        let service = try await service(rows: 2)
        let document: JSONValue = ["inputs": inputs(5)]
        let answer = try await service.post(
            "/v1/models/vit/predict", document,
            fields: [.accept: "application/x-ndjson", .acceptEncoding: "gzip"])
        #expect(answer.head.headerFields[.contentEncoding] == "gzip")
        let decoder = GzipDecoder(limit: 1 << 20)
        decoder.append(answer.bytes)
        var text: [UInt8] = []
        while let piece = try decoder.next() { text += piece }
        #expect(text.split(separator: UInt8(ascii: "\n")).count == 6)
    }

    /// A request's own deadline is that of the whole answer.
    @Test func theDeadlineHoldsForTheWhole() async throws {
        let service = try await service(rows: 1)
        let deadline = try #require(HTTPField.Name("Prisma-Deadline-Ms"))
        let fields: HTTPFields = [
            .accept: "application/x-ndjson", .contentType: "application/json", deadline: "400",
        ]
        let document: JSONValue = ["inputs": inputs(4)]
        let response = await service.application.respond(
            to: Request(
                head: HTTPRequest(
                    method: .post, scheme: "http", authority: "a", path: "/v1/models/vit/predict", headerFields: fields),
                body: .bytes(document.serialized)))
        guard response.head.status == .ok else { return }  // a machine so slow that not even the first was in time
        let begun = ContinuousClock.now
        while .now - begun < .milliseconds(400) { await Task.yield() }
        let text = String(decoding: try await response.body.collected(), as: UTF8.self)
        let read = try text.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
        #expect(read.dropFirst().dropLast().allSatisfy { $0.at("error", "status") == 504 })
        #expect(read[1].at("error", "detail")?.string?.contains("400 ms") == true)
    }
}
