import HTTPTypes
import Imaging
import ServiceTesting
import Testing
import TextNumbers
import Web

/// Answers that are pictures, and where there is none.
@Suite struct PictureTests {
    private let png = Requests.accepting("image/png")

    private func pixels(_ answer: Answer) throws -> Pixels {
        #expect(answer.status == 200, "\(answer.text.prefix(300))")
        #expect(answer.head.headerFields[.contentType] == "image/png")
        return try Pixels(decoding: answer.bytes)
    }

    private static let drawn: [(String, JSONValue)] = [
        ("attention", [:]), ("attention", ["from": "scores", "layers": [1], "heads": [0, 2]]),
        ("attention", ["query": "cls", "scale": "common"]), ("attention", ["query": -1]),
        ("attention", ["maps": false, "rollout": "max"]), ("attention", ["summary": true, "rollout": "mean"]),
        ("logit-lens", [:]), ("logit-lens", ["mode": "emoji", "opacity": 1, "layers": [-1]]),
        ("logit-lens", ["figure": "chart", "top_k": 0]), ("logit-lens", ["positions": "patches", "logits": false]),
        ("logit-lens", ["directions": ["heart"], "top_k": 0]),
        ("logit-lens", ["directions": [0, 1], "figure": "chart"]),
        ("logit-lens", ["figure": "chart", "mode": "emoji"]),
        ("logit-lens", ["figure": "chart", "positions": "cls"]),
        ("logit-lens", ["figure": "chart", "positions": [-1, 0]]),
    ]

    @Test(arguments: drawn.indices)
    func whatIsAPictureIsDrawn(_ index: Int) async throws {
        let service = try await TestService.standard()
        let (path, wish) = Self.drawn[index]
        let answer = try await service.post("/v1/models/vit/\(path)", Requests.document(wish), fields: png)
        let picture = try pixels(answer)
        #expect(Set(picture.bytes).count > 16, "a picture with colours in it")
    }

    /// What the picture shows follows the request.
    @Test func everyWishChangesThePicture() async throws {
        let service = try await TestService.standard()
        var seen: Set<[UInt8]> = []
        for (path, wish) in Self.drawn {
            seen.insert(try await service.post("/v1/models/vit/\(path)", Requests.document(wish), fields: png).bytes)
        }
        // The summary is not drawn, nor a roll-out beside maps; and two chosen classes are drawn as all are, by the best.
        #expect(seen.count == Self.drawn.count - 2)
    }

    private static let undrawn: [(String, JSONValue, String)] = [
        ("attention", ["maps": false, "summary": true], "A summary is no picture"),
        ("logit-lens", ["positions": "cls"], "The grid needs all positions, or the patches"),
        ("logit-lens", ["positions": [0, 1]], "The grid needs all positions, or the patches"),
        ("logit-lens", ["dry_run": true], "has no picture"),
        ("attention", ["dry_run": true], "has no picture"),
    ]

    @Test(arguments: undrawn.indices)
    func whereThereIsNoPictureThatIsSaid(_ index: Int) async throws {
        let service = try await TestService.standard()
        let (path, wish, says) = Self.undrawn[index]
        let answer = try await service.post("/v1/models/vit/\(path)", Requests.document(wish), fields: png)
        #expect(answer.status == 406)
        #expect(answer.detail.contains(says), "\(answer.detail)")
    }

    @Test(arguments: ["attention", "logit-lens"])
    func aPictureShowsOneInput(_ path: String) async throws {
        let service = try await TestService.standard()
        let two: JSONValue = [
            "inputs": .array([Requests.image(Requests.picture), Requests.image(Requests.otherPicture)])
        ]
        let answer = try await service.post("/v1/models/vit/\(path)", two, fields: png)
        #expect(answer.status == 406)
        #expect(answer.detail.contains("one input, and the request has 2"))
    }

    @Test func noPictureIsOfferedWhereNothingIsOne() async throws {
        let service = try await TestService.standard()
        for path in ["predict", "run", "activations"] {
            let answer = try await service.post("/v1/models/vit/\(path)", Requests.document(), fields: png)
            #expect(answer.status == 406, "\(path)")
        }
    }

    @Test(arguments: [("vit", 17 as JSONValue, "/query"), ("pooled", "cls", "/query"), ("vit", "mean", "/query")])
    func aQueryThatTheModelLacksIsRefused(_ model: String, _ query: JSONValue, _ place: String) async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(
            "/v1/models/\(model)/attention", Requests.document(["query": query]), fields: png)
        #expect(answer.status == 400)
        #expect(answer.fieldErrors.first?.place == place)
    }
}
