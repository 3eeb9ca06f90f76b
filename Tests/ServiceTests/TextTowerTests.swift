import Checkpoints
import Foundation
import HTTPTypes
import HookedModels
import Service
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

@Suite struct TextTowerTests {
    private static let tiny = CLIPService.tiny

    private static func texts(_ texts: [String], _ more: JSONValue = [:]) -> JSONValue {
        .object(
            [
                JSONMember("tower", "text"), JSONMember("inputs", .list(texts.map { ["text": .string($0)] })),
            ] + (more.object ?? []))
    }

    private static func tokens(_ ids: [Int], _ more: JSONValue = [:]) -> JSONValue {
        let ids = JSONValue.list(ids.map { .integer(Int64($0)) })
        return .object([JSONMember("tower", "text"), JSONMember("inputs", [["tokens": ids]])] + (more.object ?? []))
    }

    private func output(_ document: JSONValue, of model: String = "clip") async throws -> [Double] {
        let answer = try await CLIPService.standard().post(model + "/run", document)
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(try answer.json.at("tensors", "output", "data")?.doubles)
    }

    @Test func aTextRunsAsItsTokensDo() async throws {
        let ids = [Self.tiny.id("<|startoftext|>"), Self.tiny.id("cat</w>"), Self.tiny.id("<|endoftext|>")]
        let text = try await output(Self.texts(["Cat"]))
        #expect(text.count == 16)
        #expect(try await output(Self.tokens(ids)) == text, "filled up to the context")
        #expect(try await output(Self.tokens(ids + Array(repeating: 0, count: 9))) == text)
        #expect(try await output(Self.texts(["dog"])) != text)
    }

    /// The tower by itself, over the ids of the same tokenizer.
    @Test func theOutputIsTheTowersOwn() async throws {
        let folder = try TemporaryFolder()
        let checkpoint = try Checkpoint(path: try Self.tiny.write(to: folder, named: "clip").path)
        let side = try #require(try TextSide(of: checkpoint))
        let ids = try side.tokenizer.get().padded("a photo of a dog")
        let pixels = Tensor(shape: [1, ids.count], elements: ids.map(Float.init))
        let own = try #require(side.tower.run([ForwardRequest(pixels: pixels, plan: .empty)]).first?.output).joined
        let answered = try await output(Self.texts(["a photo of a dog"]))
        #expect(zip(own.elements, answered).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }

    @Test(arguments: [JSONValue.object([JSONMember("tower", "text")]), [:]])
    func normalizeGivesRowsOfUnitLength(_ tower: JSONValue) async throws {
        let plain = tower["tower"] == nil ? Requests.document() : Self.texts(["cat"])
        let raw = try await output(plain)
        let unit = try await output(plain.setting("normalize", to: true))
        let length = raw.map { $0 * $0 }.reduce(0, +).squareRoot()
        #expect(abs(length - 1) > 0.01)
        #expect(zip(raw, unit).allSatisfy { abs($0 / length - $1) < 1e-6 })
    }

    @Test func activationsOfTheTextTowerAreRead() async throws {
        let hook = "blocks.1.attn.hook_pattern"
        let answer = try await CLIPService.standard().post(
            "clip/activations", Self.texts(["cat", "dog"], ["hooks": [.string(hook)]]))
        let pattern = try #require(try answer.json.at("tensors", hook), "\(answer.text)")
        #expect(pattern["shape"]?.doubles == [2, 3, 12, 12])
        let data = try #require(pattern["data"]?.doubles)
        #expect(data[1] == 0, "the first token does not see the second")
        #expect(try answer.json.at("provenance", "tower")?.string == "text")
    }

    @Test func textsGoOutInLinesToo() async throws {
        let answer = try await CLIPService.standard().post(
            "clip/run", Self.texts(["cat", "dog"]), fields: Requests.accepting("application/x-ndjson"))
        #expect(answer.text.split(separator: "\n").count == 3)
    }

    /// A text's end is kept, whatever is cut off.
    @Test func aLongTextIsCutOff() async throws {
        let words = Array(repeating: "cat", count: 10).joined(separator: " ")
        #expect(try await output(Self.texts([words + " dog dog"])) == output(Self.texts([words + " cat"])))
    }

    @Test func theModelsDocumentNamesItsTowers() async throws {
        let service = try await CLIPService.standard()
        let clip = try await service.get("clip").json
        #expect(clip["towers"] == ["vision", "text"])
        #expect(clip.at("text", "context")?.int == 12)
        #expect(clip.at("text", "tokenizer")?.bool == true)
        #expect(abs((clip.at("text", "logit_scale")?.double ?? 0) - exp(2.5)) < 1e-4)
        let ids = try await service.get("clip-ids").json
        #expect(ids.at("text", "tokenizer")?.bool == false)
        #expect(ids.at("text", "reason")?.string?.contains("vocab.json") == true)
        #expect(ids.at("text", "logit_scale")?.double == 100)
        #expect(try await service.get("vit").json["towers"] == ["vision"])
    }

    @Test func hooksAndWeightsAreOfTheTowerThatIsNamed() async throws {
        let service = try await CLIPService.standard()
        let hooks = try await service.get("clip/hooks?tower=text").json
        #expect(hooks["items"]?[0]?["shape"] == ["batch", 12, 24])
        let weights = try await service.get("clip/weights?tower=text&limit=1").json
        #expect(weights["items"]?[0]?["name"]?.string == "token_embed.weight")
        let positions = try await service.get("clip/weights/pos_embed?tower=text")
        #expect(try positions.json["shape"]?.doubles == [12, 24], "\(positions.text)")
        #expect(try await service.get("clip/weights/pos_embed").status == 404)
        #expect(try await service.get("vit/hooks?tower=text").status == 409)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let target: String
        let document: JSONValue
        let status: Int
        let place: String
        let says: String
        var testDescription: String { target + " " + says }
    }

    @Test(arguments: [
        Refusal(
            target: "clip/run", document: Requests.document(["tower": "text"]), status: 400, place: "/inputs/0/image",
            says: "a picture goes to \"tower\": \"vision\""),
        Refusal(
            target: "clip/run",
            document: ["tower": "text", "inputs": [Requests.tensor(1, shape: [12])]], status: 400,
            place: "/inputs/0/tensor", says: "a tensor goes to"),
        Refusal(
            target: "clip/run", document: ["inputs": [["text": "cat"]]], status: 400, place: "/inputs/0/text",
            says: "a text goes to \"tower\": \"text\""),
        Refusal(
            target: "vit/run", document: ["inputs": [["text": "cat"]]], status: 400, place: "/inputs/0/text",
            says: "it has no text tower"),
        Refusal(
            target: "clip/run", document: ["inputs": [["tokens": [1, 2]]]], status: 400, place: "/inputs/0/tokens",
            says: "a list of tokens goes to"),
        Refusal(target: "vit/run", document: texts(["cat"]), status: 409, place: "", says: "has no text tower"),
        Refusal(
            target: "clip-ids/run", document: texts(["cat"]), status: 409, place: "",
            says: "no tokenizer lies beside the weights"),
        Refusal(
            target: "clip/run", document: tokens([1, 523]), status: 400, place: "/inputs/0/tokens/1",
            says: "there is no token 523; the model's vocabulary has 523"),
        Refusal(
            target: "clip/run", document: tokens(Array(repeating: 1, count: 13)), status: 400,
            place: "/inputs/0/tokens", says: "13 tokens are more than the model's context of 12"),
        Refusal(
            target: "clip/run", document: tokens([-1]), status: 400, place: "/inputs/0/tokens/0", says: "found -1"),
        Refusal(
            target: "clip/run", document: texts(["cat"], ["preprocess": ["crop": 3]]), status: 400,
            place: "/preprocess", says: "texts have no settings of pictures"),
    ])
    func whatDoesNotFitIsRefused(_ refusal: Refusal) async throws {
        let answer = try await CLIPService.standard().post(refusal.target, refusal.document)
        #expect(answer.status == refusal.status, "\(answer.text)")
        #expect(answer.text.replacing("\\\"", with: "\"").contains(refusal.says), "\(answer.text)")
        if !refusal.place.isEmpty { #expect(answer.fieldErrors.first?.place == refusal.place) }
    }

    @Test(.enabled(if: Golden.shared != nil))
    func featuresAreThoseOfTransformers() async throws {
        let folder = try #require(Golden.shared).appending(path: "models/hf_clip")
        let service = try await CLIPService([ModelSource(id: "clip", path: folder.appending(path: "checkpoint"))])
        let info = try JSONValue.parse([UInt8](Data(contentsOf: folder.appending(path: "info.json"))))
        let texts = try #require(info["texts"]?.array).compactMap(\.string)
        let outputs = try SafetensorsFile(path: folder.appending(path: "output.safetensors").path)
        for (name, normalizes) in [("text_features", false), ("text_embeds", true)] {
            let entry = try #require(outputs.entries.first { $0.name == name })
            let truth = try outputs.tensor(entry).elements
            let answer = try await service.post(
                "clip/run", Self.texts(texts, ["normalize": .bool(normalizes)]))
            let own = try #require(try answer.json.at("tensors", "output", "data")?.doubles, "\(answer.text)")
            let error = zip(truth, own).map { abs(Double($0) - $1) }.max() ?? .infinity
            let largest = truth.map { abs($0) }.max() ?? 0
            #expect(own.count == truth.count && error <= max(5e-6, 2e-6 * Double(largest)), "\(name): \(error)")
        }
    }

    /// Of a text that is longer than the context only the first words go in, and the answer says so, input by input.
    @Test func aTextThatIsCutIsMarked() async throws {
        let service = try await CLIPService.standard()
        let long = Array(repeating: "cat", count: 11).joined(separator: " ")
        let fitting = Array(repeating: "cat", count: 10).joined(separator: " ")
        let cut = try await service.post("clip/run", Self.texts([fitting, long])).json
        #expect(cut["truncated"] == [false, true])
        #expect(try await service.post("clip/run", Self.texts([fitting])).json["truncated"] == nil)
        let predicted = try await service.post("clip/predict", Self.texts([long, "cat"], ["labels": ["cat", "dog"]]))
            .json
        #expect(predicted.at("results")?[0]?["truncated"] == true && predicted.at("results")?[1]?["truncated"] == nil)
        let lines = try await service.post(
            "clip/run", Self.texts(["cat", long]), fields: Requests.accepting("application/x-ndjson")
        ).text.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
        try #require(lines.count == 3)
        #expect(lines[0]["truncated"] == nil && lines[1]["truncated"] == true)
    }
}
