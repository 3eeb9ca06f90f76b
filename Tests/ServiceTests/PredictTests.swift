import Foundation
import HTTPTypes
import ServiceTesting
import Testing
import TextNumbers
import Web

@Suite struct PredictTests {
    private let target = "/v1/models/vit/predict"

    private func results(_ more: JSONValue = [:]) async throws -> [JSONValue] {
        let answer = try await TestService.standard().post(target, Requests.document(more))
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(try answer.json["results"]?.array)
    }

    /// Best first, as softmax has it, and as /run has the logits.
    @Test func theClassesAreRanked() async throws {
        let result = try #require(try await results().first)
        let top = try #require(result["top"]?.array)
        let run = try await TestService.standard().post("/v1/models/vit/run", Requests.document())
        let logits = try #require(try run.json.at("tensors", "output", "data")?.doubles)
        #expect(top.compactMap { $0["index"]?.int } == logits.indices.sorted { logits[$0] > logits[$1] })
        let sum = logits.reduce(0) { $0 + exp($1) }
        for entry in top {
            let index = try #require(entry["index"]?.int)
            #expect(entry["label"] == .string(TinyModel.label(index)))
            #expect(abs((entry["logit"]?.double ?? .nan) - logits[index]) < 1e-5)
            #expect(abs((entry["probability"]?.double ?? .nan) - exp(logits[index]) / sum) < 1e-6)
        }
        #expect(abs(top.reduce(0) { $0 + ($1["probability"]?.double ?? 0) } - 1) < 1e-5)
        #expect(top.first { $0["index"] == 0 }?["emoji"] == "🐈")
        #expect(top.first { $0["index"] == 3 }?["emoji"] == .null)
        #expect(result["answer"] == nil && result["rank"] == nil)
    }

    @Test(arguments: [(1, 1), (3, 3), (5, 5), (6, 5), (100_000, 5)])
    func topKIsBoundedByTheClasses(_ wanted: Int, _ given: Int) async throws {
        let result = try #require(try await results(["top_k": .integer(Int64(wanted))]).first)
        #expect(result["top"]?.count == given)
    }

    /// By number, by label in any case, and by one of several synonyms.
    @Test(
        arguments: [
            (1, 1), ("heart", 1), ("HEART", 1), ("tabby, tabby cat", 0), ("tabby cat", 0), ("Tabby", 0), ("thing 4", 4),
            (4, 4),
        ] as [(JSONValue, Int)])
    func theRankOfAnAnswerIsTold(_ answer: JSONValue, _ index: Int) async throws {
        let result = try #require(try await results(["answer": answer]).first)
        #expect(result["answer"]?["index"]?.int == index)
        #expect(result["answer"]?["label"]?.string == TinyModel.label(index))
        #expect(result["answer"]?["emoji"] == result["top"]?.array?.first { $0["index"]?.int == index }?["emoji"])
        let order = try #require(result["top"]?.array).compactMap { $0["index"]?.int }
        #expect(result["rank"]?.int == order.firstIndex(of: index))
    }

    @Test func eachInputHasItsResultInOrder() async throws {
        let service = try await TestService.standard()
        let pictures = (1...6).map { SmallPNG(noise: $0).bytes }
        let together = try await service.post(target, ["inputs": .array(pictures.map(Requests.image))])
        let results = try #require(try together.json["results"]?.array)
        #expect(results.count == 6)
        for (picture, result) in zip(pictures, results) {
            let alone = try await service.post(target, picture, type: "image/png")
            let own = try #require(try alone.json["results"]?[0]?["top"]?.array)
            let shared = try #require(result["top"]?.array)
            #expect(own.map { $0["index"] } == shared.map { $0["index"] })
            for (a, b) in zip(own, shared) {
                #expect(abs((a["logit"]?.double ?? .nan) - (b["logit"]?.double ?? 0)) < 1e-4)
            }
        }
    }

    /// The same request, gzipped: limits count the decoded bytes, the answer is the same.
    @Test func theAnswerDoesNotDependOnTheCodingOfTheAnswer() async throws {
        let service = try await TestService.standard()
        let document = Requests.document(["top_k": 5])
        let plain = try await service.post(target, document)
        let coded = try await service.post(target, document, fields: [.acceptEncoding: "gzip"])
        #expect(coded.status == 200)
        #expect(plain.head.headerFields[.vary]?.contains("Accept-Encoding") == true)
    }
}
