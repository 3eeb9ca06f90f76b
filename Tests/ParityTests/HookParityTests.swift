import Foundation
import HookedModels
import ServiceTesting
import Tensors
import Testing
import TextNumbers

/// Every activation of every family against the float64 reference.
@Suite struct HookParityTests {
    static let models = ReferenceModel.fixtures + ReferenceModel.golden

    /// None is forgotten, and both towers are there.
    @Test func everyFixtureIsCompared() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: Golden.fixtures.appending(path: "models").path)
        #expect(folders.sorted() == ReferenceModel.fixtures.map(\.description).sorted())
        #expect(ReferenceModel.withText.map(\.description).starts(with: ["hf_clip", "open_clip"]))
        for reference in ReferenceModel.fixtures {
            let hasText = try reference.loadText() != nil
            #expect(hasText == ReferenceModel.withText.contains { $0.folder == reference.folder }, "\(reference)")
        }
    }

    @Test(arguments: models)
    func everyHookIsWithinTheTolerance(reference: ReferenceModel) throws {
        let model = try reference.load()
        let info = try reference.info()
        let expected = try reference.tensors("cache.safetensors")
        let pixels = try #require(try reference.tensors("input.safetensors")["pixel_values"])
        let plan = try HookPlan([CaptureRequest(hooks: ["*"])], for: model.architecture, flags: model.flags)
        let result = try #require(model.run([ForwardRequest(pixels: pixels, plan: plan)]).first)
        // Libraries that have no hooks of their own show some places less than we do.
        #expect(Set(expected.keys).subtracting(result.captures.map(\.name)).isEmpty)
        var worst = (hook: "", ratio: 0.0)
        for (hook, values) in result.captures {
            guard let truth = expected[hook] else { continue }
            #expect(values.shape == truth.shape, "\(hook)")
            let ratio = largestDifference(values.joined, truth) / (try reference.allowedError(at: hook, in: info))
            #expect(ratio <= 1, "\(reference): \(hook) is off by \(ratio) of what is allowed")
            if ratio > worst.ratio { worst = (hook, ratio) }
        }
        print(
            "parity \(reference): worst hook \(worst.hook), \(worst.ratio.formatted(.number.precision(.fractionLength(3)))) of the allowed error"
        )
    }

    @Test(arguments: models)
    func theOutputIsTheLibrarys(reference: ReferenceModel) throws {
        let model = try reference.load()
        let info = try reference.info()
        let outputs = try reference.tensors("output.safetensors")
        let names = ["image_features", "prisma_output", "output", "logits", "pooler_output"]
        let truth = try #require(names.compactMap { outputs[$0] }.first)
        let pixels = try #require(try reference.tensors("input.safetensors")["pixel_values"])
        let result = try #require(model.run([ForwardRequest(pixels: pixels, plan: .empty)]).first?.output)
        #expect(result.shape == truth.shape)
        let allowed = try reference.allowedOutputError(truth, in: info)
        #expect(largestDifference(result.joined, truth) <= allowed)
    }

    /// The text towers of those that have one.
    @Test(arguments: ReferenceModel.withText)
    func everyHookOfTheTextTowerIsWithinTheTolerance(reference: ReferenceModel) throws {
        let model = try #require(try reference.loadText())
        let info = try reference.info("info_text.json")
        let expected = try reference.tensors("cache_text.safetensors")
        let ids = try reference.tokens()
        let plan = try HookPlan([CaptureRequest(hooks: ["*"])], for: model.architecture)
        let result = try #require(model.run([ForwardRequest(pixels: ids, plan: plan)]).first)
        #expect(Set(expected.keys).subtracting(result.captures.map(\.name)).isEmpty)
        var worst = (hook: "", ratio: 0.0)
        for (hook, values) in result.captures {
            guard var truth = expected[hook] else { continue }
            if truth.rank + 1 == values.shape.count {  // positions have no inputs there
                truth = Tensor.concatenated(
                    Array(repeating: truth.reshaped([1] + truth.shape), count: ids.shape[0]))
            }
            let ratio = largestDifference(values.joined, truth) / (try reference.allowedError(at: hook, in: info))
            #expect(ratio <= 1, "\(reference): \(hook) is off by \(ratio) of what is allowed")
            if ratio > worst.ratio { worst = (hook, ratio) }
        }
        let truth = try #require(try reference.tensors("output.safetensors")["text_features"])
        let output = try #require(result.output).joined
        #expect(largestDifference(output, truth) <= (try reference.allowedOutputError(truth, in: info)))
        print("parity \(reference), text: worst hook \(worst.hook), \(worst.ratio) of the allowed error")
    }
}

/// Infinite for other shapes, and where one has no number.
func largestDifference(_ a: Tensor, _ b: Tensor) -> Double {
    guard a.shape == b.shape else { return .infinity }
    return zip(a.elements, b.elements).map { $0 == $1 ? 0 : Double(abs($0 - $1)) }.reduce(0) {
        $1.isNaN ? .infinity : max($0, $1)
    }
}
