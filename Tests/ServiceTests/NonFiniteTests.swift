import HTTPTypes
import ServiceTesting
import Testing
import TextNumbers
import Web

/// Input whose activations overflow: nothing is made of them that looks sure of itself.
@Suite struct NonFiniteTests {
    private let overflowing: JSONValue = ["inputs": .array([Requests.tensor(3e38)])]

    @Test func headsHaveNeitherScoresNorKindsNorATour() async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(
            "/v1/models/vit/attention", overflowing.setting("summary", to: true).setting("maps", to: false))
        let document = try answer.json
        #expect(document["kinds"] == [[nil, nil, nil], [nil, nil, nil]] && document["tour"] == [])
        for (name, tensor) in try #require(document["tensors"]?.object).map({ ($0.key, $0.value) }) {
            #expect(
                tensor["data"]?.array?.allSatisfy(\.isNull) == true && tensor["non_finite"] == 6, "\(name): \(tensor)")
        }
    }

    /// One head that is no number is none for the others.
    @Test(arguments: ["mean", "max", "min"])
    func theRolloutIsNoNumber(_ combination: String) async throws {
        let service = try await TestService.standard()
        let wish = overflowing.setting("rollout", to: .string(combination)).setting("maps", to: false)
        let flow = try #require(try await service.post("/v1/models/vit/attention", wish).json.at("tensors", "rollout"))
        #expect(flow["non_finite"] == .integer(17 * 17))
    }

    @Test func noClassIsTheBest() async throws {
        let service = try await TestService.standard()
        let predicted = try await service.post("/v1/models/vit/predict", overflowing.setting("answer", to: 1)).json
        let result = try #require(predicted.at("results")?[0])
        #expect(result["top"] == [] && result["rank"] == .null && result["non_finite"] == 5)
        let fine = try await service.post("/v1/models/vit/predict", Requests.document(["answer": 1])).json
        #expect(fine.at("results")?[0]?["non_finite"] == nil && fine.at("results")?[0]?["rank"]?.int != nil)
    }

    @Test func theLensRanksNothingAndDrawsNoEmoji() async throws {
        let service = try await TestService.standard()
        let wish = overflowing.setting("directions", to: [0, 1]).setting("positions", to: "cls")
        let lens = try await service.post("/v1/models/vit/logit-lens", wish).json
        // What enters the first block is the class token's own.
        let (top, ranks) = (try #require(lens["top"]?[0]), try #require(lens["ranks"]?[0]))
        #expect(top[0]?[0]?.count == 5 && ranks[0]?[0]?[0]?.int != nil)
        for stream in 1...2 { #expect(top[stream] == [[]] && ranks[stream] == [[nil, nil]]) }
        var pictures: [[UInt8]] = []
        for mode in ["logit", "emoji"] {
            let answer = try await service.post(
                "/v1/models/vit/logit-lens", overflowing.setting("mode", to: .string(mode)),
                fields: Requests.accepting("image/png"))
            #expect(answer.status == 200)
            pictures.append(answer.bytes)
        }
        // Hatched where there is no value; of one grey where there is no class.
        #expect(pictures[0] != pictures[1])
    }
}
