import Foundation
import HTTPTypes
import Imaging
import ServiceTesting
import Testing
import TextNumbers
import Web

/// What a CLIP's lens shows without texts are dimensions of an embedding, no classes.
@Suite struct EmbeddingLensTests {
    @Test func dimensionsAreCalledSoAndHaveNoProbabilities() async throws {
        let service = try await CLIPService.standard()
        let lens = try await service.post("clip/logit-lens", Requests.document(["positions": "cls"])).json
        let top = try #require(lens.at("top")?[0]?[0]?[0]?.array)
        #expect(top.count == 5)
        for each in top {
            #expect(each["label"]?.string == "dimension \(each["index"]?.int ?? -1)" && each["probability"] == .null)
            #expect(each["logit"]?.double != nil && each["emoji"] == .null)
        }
        #expect(try await service.get("clip").json["embedding"] == true)
        #expect(try await service.get("vit").json["embedding"] == false)
        let labels = try #require(try await service.get("clip").json["labels"]?.array)
        #expect(labels.count == 16 && labels[3]["label"] == "dimension 3")
        let wrong = try await service.post("clip/logit-lens", Requests.document(["directions": [16]]))
        #expect(wrong.fieldErrors.first?.detail == "there is no dimension 16; the model has 16")
        let texts = try await service.post(
            "clip/logit-lens", Requests.document(["positions": "cls", "directions": ["cat", "dog"]])
        ).json
        #expect(texts.at("top")?[0]?[0]?[0]?[0]?["probability"]?.double != nil, "texts are classes")
    }

    /// Numbers stand where there are no emoji: the picture tells of more than the colours do.
    @Test(arguments: ["grid", "chart"])
    func signsAreDrawnWithoutEmoji(_ figure: String) async throws {
        let service = try await CLIPService.standard()
        var pictures: [[UInt8]] = []
        for mode in ["logit", "emoji"] {
            let answer = try await service.post(
                "clip/logit-lens",
                Requests.document(["figure": .string(figure), "mode": .string(mode), "opacity": 1, "layers": [-1]]),
                fields: Requests.accepting("image/png"))
            #expect(answer.status == 200, "\(answer.detail)")
            pictures.append(answer.bytes)
        }
        let colours = Set(try Pixels(decoding: pictures[1]).colours)
        #expect(pictures[0] != pictures[1] && colours.count > 8, "categories of their own, and letters")
    }

    @Test func aNormAfterPoolingHasNoScaleOfItsOwn() async throws {
        let service = try await TestService(["pooled": TinyModel(.timmPooledNorm)])
        let answer = try await service.post("/v1/models/pooled/logit-lens", Requests.document(["norm": "final_scale"]))
        #expect(answer.status == 400)
        let error = try #require(answer.fieldErrors.first)
        #expect(error.place == "/norm" && error.detail.contains("comes after pooling"), "\(error)")
        #expect(try await service.post("/v1/models/pooled/logit-lens", Requests.document()).status == 200)
    }
}

extension Pixels {
    /// One number a pixel.
    fileprivate var colours: [UInt32] {
        stride(from: 0, to: bytes.count, by: 3).map {
            UInt32(bytes[$0]) << 16 | UInt32(bytes[$0 + 1]) << 8 | UInt32(bytes[$0 + 2])
        }
    }
}
