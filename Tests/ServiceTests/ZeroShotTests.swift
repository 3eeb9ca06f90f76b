import Checkpoints
import Foundation
import HTTPTypes
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

@testable import Service

@Suite struct ZeroShotTests {
    private func results(_ more: JSONValue, of model: String = "clip") async throws -> [JSONValue] {
        let answer = try await CLIPService.standard().post(model + "/predict", Requests.document(more))
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(try answer.json["results"]?.array)
    }

    /// Embeddings of unit length.
    private func embeddings(_ document: JSONValue, of model: String = "clip") async throws -> [[Double]] {
        let answer = try await CLIPService.standard().post(model + "/run", document.setting("normalize", to: true))
        let output = try #require(try answer.json.at("tensors", "output", "data")?.doubles, "\(answer.text)")
        return stride(from: 0, to: output.count, by: 16).map { Array(output[$0..<($0 + 16)]) }
    }

    private func unit(_ vector: [Double]) -> [Double] {
        let length = vector.map { $0 * $0 }.reduce(0, +).squareRoot()
        return vector.map { $0 / length }
    }

    private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map { $0 * $1 }.reduce(0, +) }

    /// What the description says, computed from what /run answers.
    private func expected(_ labels: [String], _ templates: [String], scale: Double) async throws -> [Double] {
        let picture = try await embeddings(Requests.document())[0]
        var logits: [Double] = []
        for label in labels {
            let texts = templates.map {
                JSONValue.object([JSONMember("text", .string($0.replacing("{}", with: label)))])
            }
            let rows = try await embeddings(["tower": "text", "inputs": .list(texts)])
            let mean = (0..<16).map { column in rows.map { $0[column] }.reduce(0, +) / Double(rows.count) }
            logits.append(scale * dot(picture, unit(mean)))
        }
        return logits
    }

    @Test func logitsAreScaledCosinesWithTheMeanOfTheTemplates() async throws {
        let (labels, templates) = (["cat", "dog", "photo of dog"], ["a {}", "{} photo of a {}!", "the {}."])
        let result = try await results([
            "labels": .list(labels.map { .string($0) }), "templates": .list(templates.map { .string($0) }),
            "answer": "dog",
        ])[0]
        let truth = try await expected(labels, templates, scale: exp(2.5))
        let top = try #require(result["top"]?.array)
        let largest = truth.max() ?? 0
        let sum = truth.map { exp($0 - largest) }.reduce(0, +)
        #expect(top.compactMap { $0["index"]?.int } == truth.indices.sorted { truth[$0] > truth[$1] })
        for entry in top {
            let index = try #require(entry["index"]?.int)
            #expect(entry["label"]?.string == labels[index])
            #expect(abs((entry["logit"]?.double ?? 0) - truth[index]) < 1e-4)
            #expect(abs((entry["probability"]?.double ?? 0) - exp(truth[index] - largest) / sum) < 1e-4)
        }
        #expect(result.at("answer", "index")?.int == 1)
        #expect(result["rank"]?.int == truth.filter { $0 > truth[1] }.count)
    }

    @Test func templatesOfOurOwnAreUsedWhereNoneAreGiven() async throws {
        let result = try await results(["labels": ["cat", "heart"]])[0]
        let truth = try await expected(["cat", "heart"], ZeroShotPrompts.usualTemplates, scale: exp(2.5))
        for entry in result["top"]?.array ?? [] {
            let index = try #require(entry["index"]?.int)
            #expect(abs((entry["logit"]?.double ?? 0) - truth[index]) < 1e-4)
        }
        #expect(ZeroShotPrompts.usualTemplates.allSatisfy { $0.contains("{}") })
        #expect(result["top"]?.array?.allSatisfy { $0["emoji"]?.string != nil } == true, "by the rules for names")
        let document = try await CLIPService.standard().application.ask(.get, "/openapi.json").text
        #expect(ZeroShotPrompts.usualTemplates.allSatisfy(document.contains), "the description states them")
    }

    @Test func textsCanBeClassifiedToo() async throws {
        let answer = try await CLIPService.standard().post(
            "clip/predict",
            ["tower": "text", "inputs": [["text": "cat"]], "labels": ["dog", "cat"], "templates": ["{}"]])
        let best = try #require(try answer.json["results"]?[0]?["top"]?[0], "\(answer.text)")
        #expect(best["label"]?.string == "cat")
        #expect(abs((best["logit"]?.double ?? 0) - exp(2.5)) < 1e-3, "the cosine with itself")
    }

    @Test func linesHaveTheSameResults() async throws {
        let more: JSONValue = ["labels": ["cat", "dog"]]
        let answer = try await CLIPService.standard().post(
            "clip/predict", Requests.document(more), fields: Requests.accepting("application/x-ndjson"))
        let line = try JSONValue.parse(Array(answer.text.split(separator: "\n")[0].utf8))
        let first = try await results(more)[0]
        #expect(line["top"]?[0]?["label"] == first["top"]?[0]?["label"])
    }

    /// The second request does not wait for the text tower.
    @Test func theSameTextsAreReadOnce() async throws {
        let clip = try await CLIPService()
        let document = Requests.document(["labels": ["cat", "dog"], "templates": ["a {}"]])
        let before = try await clip.computedRows()
        _ = try await clip.post("clip/predict", document)
        let between = try await clip.computedRows()
        _ = try await clip.post("clip/predict", document)
        let after = try await clip.computedRows()
        #expect(between - before == 3, "two texts and a picture")
        #expect(after - between == 1, "a picture")
        _ = try await clip.post("clip/unload", [:])
        _ = try await clip.post("clip/load", [:])
        _ = try await clip.post("clip/predict", document)
        #expect(try await clip.computedRows() - after == 3, "another model, whatever its files")
    }

    @Test func classifiersAreKeptUnderTheirNames() async throws {
        let clip = try await CLIPService()
        let pets: JSONValue = ["id": "pets", "labels": ["cat", "dog"], "templates": ["a {}"]]
        let created = try await clip.post("clip/classifiers", pets)
        #expect(created.status == 201, "\(created.text)")
        #expect(created.head.headerFields[.location] == "/v1/models/clip/classifiers/pets")
        #expect(try await clip.post("clip/classifiers", pets).status == 201, "the same again is no change")
        let other = try await clip.post("clip/classifiers", pets.setting("labels", to: ["car"]))
        #expect(other.status == 409)
        #expect(try await clip.get("clip/classifiers").json["items"]?.array?.count == 1)
        #expect(try await clip.get("clip/classifiers/pets").json["templates"] == ["a {}"])
        let named = try await clip.post("clip/predict", Requests.document(["classifier": "pets"])).json
        let direct = try await clip.post(
            "clip/predict", Requests.document(["labels": ["cat", "dog"], "templates": ["a {}"]])
        ).json
        #expect(named["results"] != nil && named["results"] == direct["results"])
        let missing = try await clip.post("clip/predict", Requests.document(["classifier": "pest"]))
        #expect(missing.status == 404 && missing.detail.contains("did you mean \"pets\"?"), "\(missing.text)")
        #expect(try await clip.get("vit/classifiers/pets").status == 404)
        #expect(try await clip.delete("clip/classifiers/pets").status == 200)
        #expect(try await clip.delete("clip/classifiers/pets").status == 404)
        #expect(try await clip.get("clip/classifiers").json["items"]?.array?.isEmpty == true)
    }

    @Test func theLeastRecentlyUsedClassifierGoesFirst() throws {
        let cache = ClassifierCache(limit: 1 << 20, count: 2)
        let keys = try ["a", "b", "c"].map {
            ClassifierCache.Key(generation: 1, prompts: try ZeroShotPrompts(labels: [$0], templates: ["{}"]))
        }
        let make = { (key: ClassifierCache.Key) in
            ZeroShotClassifier(key.prompts, directions: Tensor(shape: [1, 4], elements: [1, 0, 0, 0]), scale: 1)
        }
        cache.insert(make(keys[0]), for: keys[0])
        cache.insert(make(keys[1]), for: keys[1])
        #expect(cache.value(for: keys[0]) != nil)
        cache.insert(make(keys[2]), for: keys[2])
        #expect(cache.count == 2)
        #expect(cache.value(for: keys[1]) == nil)
        #expect(cache.value(for: keys[0]) != nil && cache.value(for: keys[2]) != nil)
        let narrow = ClassifierCache(limit: 10, count: 2)
        narrow.insert(make(keys[0]), for: keys[0])
        #expect(narrow.count == 0, "too large to be kept")
    }

    @Test func noMoreClassifiersAreKeptThanTheLimitsAllow() throws {
        let prompts = try ZeroShotPrompts(labels: ["cat"], templates: ["{}"])  // five bytes
        let few = ClassifierStore(count: 1)
        try few.add(prompts, id: "a", model: "clip")
        try few.add(prompts, id: "a", model: "clip")
        #expect(throws: Problem.self) { try few.add(prompts, id: "b", model: "clip") }
        _ = try few.remove("a", of: "clip")
        try few.add(prompts, id: "b", model: "clip")
        let short = ClassifierStore(bytes: 10)
        try short.add(prompts, id: "a", model: "clip")
        try short.add(prompts, id: "a", model: "other")
        #expect(throws: Problem.self) { try short.add(prompts, id: "b", model: "clip") }
        _ = try short.remove("a", of: "other")
        try short.add(prompts, id: "b", model: "clip")
        #expect(short.ids(of: "clip") == ["a", "b"])
    }

    @Test func aTextLensEndsWithTheCosineOfTheClassToken() async throws {
        let clip = try await CLIPService.standard()
        let lens = try await clip.post(
            "clip/logit-lens", Requests.document(["directions": ["cat", "dog"], "positions": "cls"]))
        #expect(lens.status == 200, "\(lens.text)")
        let logits = try #require(try lens.json.at("tensors", "logits"))
        #expect(logits["shape"]?.doubles == [1, 3, 1, 2])
        let truth = try await expected(["cat", "dog"], ["{}"], scale: exp(2.5))
        let last = try #require(logits["data"]?.doubles).suffix(2)
        #expect(zip(last, truth).allSatisfy { abs($0 - $1) < 1e-4 }, "\(last) \(truth)")
        #expect(try lens.json["classes"]?[1]?["label"]?.string == "dog")
        let top = try #require(try lens.json["top"]?[0]?[2]?[0]?[0])
        #expect(top["index"]?.int == (truth[0] > truth[1] ? 0 : 1))
        let png = try await clip.post(
            "clip/logit-lens", Requests.document(["directions": ["cat", "dog"]]),
            fields: Requests.accepting("image/png"))
        #expect(png.status == 200, "\(png.text)")
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let target: String
        let document: JSONValue
        let status: Int
        var place = ""
        let says: String
        var testDescription: String { target + " " + says }
    }

    @Test(arguments: [
        Refusal(target: "clip/predict", document: [:], status: 409, says: "send \\\"labels\\\""),
        Refusal(target: "vit/predict", document: ["labels": ["cat"]], status: 409, says: "has no text tower"),
        Refusal(
            target: "clip-ids/predict", document: ["labels": ["cat"]], status: 409, says: "no tokenizer lies beside"),
        Refusal(
            target: "clip/predict", document: ["labels": ["cat"], "classifier": "x"], status: 400, place: "/classifier",
            says: "one of the two"),
        Refusal(
            target: "clip/predict", document: ["templates": ["a {}"]], status: 400, place: "/templates",
            says: "templates need labels"),
        Refusal(
            target: "clip/predict", document: ["labels": ["cat"], "templates": ["a cat"]], status: 400,
            place: "/templates/0", says: "a template has {}"),
        Refusal(target: "clip/predict", document: ["labels": []], status: 400, place: "/labels", says: "expected"),
        Refusal(
            target: "clip/predict",
            document: [
                "labels": .list((0..<1_000).map { .string("\($0)") }),
                "templates": .list((0..<20).map { .string("\($0) {}") }),
            ], status: 400, place: "/labels", says: "1000 labels in 20 templates are 20000 texts"),
        Refusal(
            target: "clip/predict", document: ["labels": ["cat"], "answer": "dog"], status: 400, place: "/answer",
            says: "no class is called 'dog'"),
        Refusal(
            target: "clip/logit-lens", document: ["directions": ["cat"], "norm": "final_scale"], status: 400,
            place: "/norm", says: "after the final norm"),
        Refusal(
            target: "clip/logit-lens", document: ["directions": ["cat", 1]], status: 400, place: "/directions",
            says: "not both"),
    ])
    func whatCannotBeClassifiedIsRefused(_ refusal: Refusal) async throws {
        let answer = try await CLIPService.standard().post(refusal.target, Requests.document(refusal.document))
        #expect(answer.status == refusal.status, "\(answer.text)")
        #expect(answer.text.contains(refusal.says), "\(answer.text)")
        if !refusal.place.isEmpty { #expect(answer.fieldErrors.first?.place == refusal.place) }
    }

    @Test(arguments: ["", "a/b", "ä", String(repeating: "x", count: 129)])
    func anIDThatNoPathHasIsRefused(_ id: String) async throws {
        let answer = try await CLIPService.standard().post(
            "clip/classifiers", ["id": .string(id), "labels": ["cat"]])
        #expect(answer.status == 400)
        #expect(answer.fieldErrors.first?.place == "/id")
    }

    @Test(.enabled(if: Golden.shared != nil))
    func probabilitiesAreThoseOfTransformers() async throws {
        let folder = try #require(Golden.shared).appending(path: "models/hf_clip")
        let service = try await CLIPService([ModelSource(id: "clip", path: folder.appending(path: "checkpoint"))])
        let info = try JSONValue.parse([UInt8](Data(contentsOf: folder.appending(path: "info.json"))))
        let outputs = try SafetensorsFile(path: folder.appending(path: "output.safetensors").path)
        let inputs = try SafetensorsFile(path: folder.appending(path: "input.safetensors").path)
        let read = { (file: SafetensorsFile, name: String) in
            try file.tensor(try #require(file.entries.first { $0.name == name }))
        }
        let pixels = try read(inputs, "pixel_values")
        let tensor: JSONValue = [
            "datatype": "FP32", "shape": .list(pixels.shape.map { .integer(Int64($0)) }),
            "data": .numbers(pixels.elements.map(Double.init)),
        ]
        let labels = try #require(info["texts"])
        let answer = try await service.post(
            "clip/predict", ["inputs": [["tensor": tensor]], "labels": labels, "templates": ["{}"]])
        let results = try #require(try answer.json["results"]?.array, "\(answer.text)")
        let (probabilities, logits) = (try read(outputs, "zero_shot_probs"), try read(outputs, "logits_per_image"))
        #expect(results.count == 2)
        for (row, result) in results.enumerated() {
            for entry in result["top"]?.array ?? [] {
                let index = try #require(entry["index"]?.int)
                #expect(abs((entry["probability"]?.double ?? 0) - Double(probabilities[row, index])) < 1e-5)
                #expect(abs((entry["logit"]?.double ?? 0) - Double(logits[row, index])) < 2e-5)
            }
        }
    }
}
