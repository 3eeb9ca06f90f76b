import Checkpoints
import Foundation
import HookedModels
import ServiceTesting
import Tensors
import Testing
import TextNumbers

/// Gradients at every hook against those of a reference library in float64.
@Suite struct GradientParityTests {
    static let models = Golden.shared == nil ? [] : ["timm_vit", "hf_clip_vision_proj"]

    @Test(arguments: models)
    func everyHooksGradientIsWithinTheTolerance(name: String) throws {
        let root = try #require(Golden.shared)
        let analyses = root.appending(path: "analyses/\(name)")
        let tensors = { (file: String) in
            let source = try SafetensorsFile(path: analyses.appending(path: file).path)
            return try Dictionary(uniqueKeysWithValues: source.entries.map { ($0.name, try source.tensor($0)) })
        }
        let meta = try JSONValue.parse([UInt8](Data(contentsOf: analyses.appending(path: "meta.json"))))
        let (first, second) = (try #require(meta["c1"]?.int), try #require(meta["c2"]?.int))
        let model = try HookedModel(Checkpoint(path: root.appending(path: "models/\(name)/checkpoint").path))
        let pixels = try #require(try tensors("input.safetensors")["pixel_values"])
        let plan = try HookPlan([CaptureRequest(hooks: ["*"])], for: model.architecture)
        let result = model.gradients(
            GradientRequest(pixels: pixels.rows(1..<2), gradients: plan, wantsPixels: true) { _, output in
                Tensor(shape: output.shape) { target in
                    for index in target.indices { target[index] = index == first ? 1 : index == second ? -1 : 0 }
                }
            })
        var ours = Dictionary(uniqueKeysWithValues: result.gradients.map { ($0.name, $0.values.joined) })
        ours["pixel_values"] = result.pixels?.joined
        let expected = try tensors("gradients.safetensors").filter {
            !$0.key.hasPrefix("attr_") && !$0.key.hasSuffix(".prisma_last_call")
        }
        #expect(expected.count >= 59)
        var worst = (name: "", error: 0.0)
        for (hook, truth) in expected {
            let gradient = try #require(ours[hook], "\(hook)")
            let largest = truth.elements.reduce(0.0) { max($0, Double(abs($1))) }
            let error = largestDifference(gradient, truth) / max(largest, 1e-30)
            if error > worst.error { worst = (hook, error) }
            // Twice the way of the forward pass, whose own worst hook is off by 9e-6 of the largest value.
            #expect(error <= 2e-5, "\(hook) is off by \(error) of its largest value")
        }
        print("gradient parity \(name): worst hook \(worst.name), off by \(worst.error) of its largest value")
    }
}
