import HTTP
import HTTPTypes
import Imaging
import Service
import ServiceTesting
import Testing
import TextNumbers
import Web

/// Beyond a limit a request is refused, with the limit's name and value.
@Suite struct LimitTests {
    private let target = "/v1/models/vit/predict"

    private func service(_ change: (inout ServiceLimits) -> Void, web: WebLimits = WebLimits()) async throws
        -> TestService
    {
        var limits = ServiceLimits()
        change(&limits)
        return try await TestService(["vit": TinyModel()], limits: limits, web: web)
    }

    private func expect(_ answer: Answer, _ status: Int, limit: String, _ maximum: Int) throws {
        #expect(answer.status == status, "\(answer.text)")
        #expect(try answer.json["limit"] == .string(limit))
        #expect(try answer.json["maximum"] == .integer(Int64(maximum)))
        #expect(answer.detail.contains("limits.\(limit)"), "\(answer.detail)")
    }

    @Test func aBodyOverTheLimitIs413HoweverItComes() async throws {
        var web = WebLimits()
        web.body = 6_000
        let service = try await service({ _ in }, web: web)
        let document = Requests.document()
        let size = document.serialized.count
        #expect((4_000..<6_000).contains(size))
        #expect(try await service.post(target, document).status == 200)
        let padding = JSONValue.string(String(repeating: "x", count: 6_000))
        try expect(try await service.post(target, document.setting("x", to: padding)), 413, limit: "body", 6_000)
        let picture = SmallPNG(noise: 1, width: 60, height: 60).bytes
        try expect(try await service.post(target, picture, type: "image/png"), 413, limit: "body", 6_000)
        try expect(
            try await service.post(target, MultipartBody().file("image", picture)), 413, limit: "body", 6_000)
        let bomb = GzipEncoder.encode([UInt8](repeating: 32, count: 1 << 20), level: 9)
        #expect(bomb.count < 6_000)
        try expect(
            try await service.post(target, bomb, type: "application/json", fields: [.contentEncoding: "gzip"]), 413,
            limit: "body", 6_000)
        let coded = GzipEncoder.encode(document.serialized, level: 6)
        #expect(
            try await service.post(target, coded, type: "application/json", fields: [.contentEncoding: "gzip"]).status
                == 200)
    }

    @Test func tooManyPartsAre413() async throws {
        var web = WebLimits()
        web.parts = 3
        let service = try await service({ _ in }, web: web)
        var body = MultipartBody()
        for _ in 0..<3 { body = body.file("image", Requests.picture) }
        #expect(try await service.post(target, body).status == 200)
        #expect(try await service.post(target, body.file("image", Requests.picture)).status == 413)
    }

    @Test func tooManyInputsAre413HoweverTheyCome() async throws {
        let service = try await service { $0.inputs = 3 }
        let tensor = { (count: Int) in Requests.tensor(0, shape: [count, 3, 32, 32]) }
        let picture = Requests.image(Requests.picture)
        #expect(try await service.post(target, ["inputs": .array([picture, picture, picture])]).status == 200)
        #expect(try await service.post(target, ["inputs": .array([tensor(3)])]).status == 200)
        for inputs in [[picture, picture, picture, picture], [tensor(4)], [tensor(2), picture, picture]] {
            try expect(try await service.post(target, ["inputs": .array(inputs)]), 413, limit: "inputs", 3)
        }
        try expect(
            try await service.post(
                "/v1/models/vit/run", ["inputs": .array([tensor(4)]), "dry_run": true]), 413, limit: "inputs", 3)
        var body = MultipartBody()
        for _ in 0..<4 { body = body.file("image", Requests.picture) }
        try expect(try await service.post(target, body), 413, limit: "inputs", 3)
    }

    @Test func picturesAreMeasuredBeforeTheyAreDecoded() async throws {
        let service = try await service { $0.image.pixels = 2_000 }
        let fits = SmallPNG(noise: 1, width: 50, height: 40).bytes
        #expect(try await service.post(target, fits, type: "image/png").status == 200)
        let over = SmallPNG(noise: 1, width: 51, height: 40).bytes
        try expect(try await service.post(target, over, type: "image/png"), 413, limit: "image_pixels", 2_000)
        let settings = Requests.document(["preprocess": ["resize": 100, "crop": nil]])
        try expect(try await service.post(target, settings), 413, limit: "image_pixels", 2_000)
    }

    @Test func anAnswerTooLargeIs413BeforeItIsComputed() async throws {
        let one = 4 * 5 + 4 * 17 * 24
        let service = try await service { $0.responseTensors = 2 * one }
        let document = { (inputs: Int) -> JSONValue in
            [
                "inputs": .array([Requests.tensor(0, shape: [inputs, 3, 32, 32])]),
                "capture": [["hooks": ["hook_full_embed"]]],
            ]
        }
        #expect(try await service.post("/v1/models/vit/run", document(2)).status == 200)
        let answer = try await service.post("/v1/models/vit/run", document(3))
        try expect(answer, 413, limit: "response_tensors", 2 * one)
        #expect(answer.detail.contains("\(3 * one) bytes of tensors (\(one) for each of 3 inputs)"))
        let dry = try await service.post("/v1/models/vit/run", document(3).setting("dry_run", to: true))
        #expect(dry.status == 200, "a dry run is how a client learns the size")
    }

    /// What a dry run tells is what is admitted: one byte less than that never fits.
    @Test func whatNeverFitsInMemoryIs413WithItsFigures() async throws {
        let document = Requests.document(["capture": [["hooks": ["*"]]]])
        let dry = try await TestService.standard().post("/v1/models/vit/run", document.setting("dry_run", to: true))
        let memory = try #require(try dry.json["memory"])
        let total = try #require(memory["total"]?.int)
        let parts = ["inputs", "kept", "working"].compactMap { memory[$0]?.int }
        #expect(parts.count == 3 && parts.allSatisfy { $0 > 0 } && parts.reduce(0, +) == total)
        let tight = try await service { $0.requestMemory = total - 1 }
        let answer = try await tight.post("/v1/models/vit/run", document)
        try expect(answer, 413, limit: "request_memory", total - 1)
        #expect(try answer.json["needed"]?.int == total)
        let fitting = try await service { $0.requestMemory = total }
        #expect(try await fitting.post("/v1/models/vit/run", document).status == 200)
    }

    /// Many that fit one by one are all answered, and nothing stays held.
    @Test(.timeLimit(.minutes(2))) func whatDoesNotFitYetWaits() async throws {
        let document = Requests.document(["capture": [["hooks": ["*"]]]])
        let dry = try await TestService.standard().post("/v1/models/vit/run", document.setting("dry_run", to: true))
        let total = try #require(try dry.json["memory"]?["total"]?.int)
        let service = try await service { $0.requestMemory = total + total / 2 }
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<12 { group.addTask { try await service.post("/v1/models/vit/run", document).status } }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 12))
        // The last answer is let go of when whoever sent it ends.
        while try await !service.get("/metrics").text.contains("prisma_request_memory_bytes 0\n") { await Task.yield() }
    }

    /// A model slow enough that requests pile up before it.
    private static let slow = TinyModel(layers: 12, width: 192, heads: 3, neurons: 768, image: 64, patch: 8)

    @Test func aFullQueueIs429AndTheOthersAreAnswered() async throws {
        var limits = ServiceLimits()
        limits.queue = 1
        let service = try await TestService(["slow": Self.slow], limits: limits)
        let document: JSONValue = [
            "inputs": .array([Requests.tensor(0.5, shape: [16, 3, 64, 64])]), "deterministic": true,
        ]
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<24 { group.addTask { try await service.post("/v1/models/slow/predict", document) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let refused = answers.filter { $0.status != 200 }
        #expect(refused.count < answers.count)
        #expect(!refused.isEmpty)
        for answer in refused {
            try expect(answer, 429, limit: "queue", 1)
            let seconds = try #require(answer.head.headerFields[.retryAfter].flatMap { Int($0) })
            #expect((1...60).contains(seconds))
        }
    }

    @Test func aDeadlineThatPassesIs504() async throws {
        let service = try await TestService(["slow": Self.slow])
        let document: JSONValue = ["inputs": .array([Requests.tensor(0.5, shape: [16, 3, 64, 64])])]
        let field = try #require(HTTPField.Name("Prisma-Deadline-Ms"))
        let answer = try await service.post("/v1/models/slow/predict", document, fields: [field: "1"])
        #expect(answer.status == 504, "\(answer.text)")
        #expect(answer.detail == "The answer was not there within 1 ms, the request's deadline.")
        #expect(try await service.post("/v1/models/slow/predict", document, fields: [field: "600000"]).status == 200)
    }

    @Test func theDeadlineOfTheConfigurationHoldsForEverybody() async throws {
        var limits = ServiceLimits()
        limits.deadline = .milliseconds(1)
        let service = try await TestService(["slow": Self.slow], limits: limits)
        let document: JSONValue = ["inputs": .array([Requests.tensor(0.5, shape: [16, 3, 64, 64])])]
        #expect(try await service.post("/v1/models/slow/predict", document).status == 504)
    }

    /// A client that goes away leaves the queue; the others do not notice.
    @Test func aClientThatGoesAwayHarmsNobody() async throws {
        let service = try await TestService(["slow": Self.slow])
        let document: JSONValue = [
            "inputs": .array([Requests.tensor(0.5, shape: [8, 3, 64, 64])]), "deterministic": true,
        ]
        let staying = Task { try await service.post("/v1/models/slow/predict", document) }
        let going = (0..<8).map { _ in Task { try await service.post("/v1/models/slow/predict", document) } }
        for task in going { task.cancel() }
        for task in going { #expect([499, 200].contains(try await task.value.status)) }
        #expect(try await staying.value.status == 200)
    }
}
