import Checkpoints
import Foundation
import HookedModels
import ServiceTesting
import Tensors
import Testing

@Suite struct VerificationTests {
    private let folder: TemporaryFolder
    private let model: HookedModel

    init() throws {
        folder = try TemporaryFolder()
        model = try TinyModel().load()
    }

    private func tensor(_ shape: [Int]) -> Tensor {
        Tensor(shape: shape, elements: (0..<shape.reduce(1, *)).map { Float($0 % 17) / 17 - 0.5 })
    }

    private func write(_ tensors: [(name: String, value: Tensor)], to name: String = "it.safetensors") throws -> String
    {
        let arrays = tensors.map { (name: $0.name, value: ArrayValue($0.value)) }
        return try folder.write(SafetensorsWriter(arrays).pieces.joined, to: name).path
    }

    private func verification(_ path: String) throws -> Verification {
        try Verification(model, against: try #require(try ReferenceActivations.read(path).first))
    }

    @Test func oneFileHoldsTheInputTheHooksAndTheOutput() throws {
        let pixels = tensor([2, 3, 32, 32])
        let flags = HookFlags(useAttnResult: true, useHookMLPIn: true)
        let plan = try HookPlan([CaptureRequest(hooks: ["*"])], for: model.architecture, flags: flags)
        let result = model.run([ForwardRequest(pixels: pixels, plan: plan)])[0]
        var tensors = [(name: "pixel_values", value: pixels), ("logits", try #require(result.output).joined)]
        tensors += result.captures.map { ($0.name, $0.values.joined) }
        let same = try verification(try write(tensors))
        #expect(same.isWithin && same.inputs == 2 && same.worst?.error == 0)
        #expect(same.agreements.map(\.name) == plan.captures.map(\.name) + ["output"], "optional ones included")
        tensors.append(("blocks.7.hook_resid_pre", pixels))
        let more = try verification(try write(tensors))
        #expect(!more.isWithin && more.worst?.name == "blocks.7.hook_resid_pre")
        #expect(more.worst?.problem == "the model has no such hook")
    }

    @Test func aReferenceWithoutActivationsProvesNothing() throws {
        #expect(!(try verification(try write([("pixel_values", tensor([1, 3, 32, 32]))])).isWithin))
    }

    @Test(arguments: [[3, 32, 32], [0, 3, 32, 32], [1, 3, 32, 31], [1]])
    func anInputForAnotherModelIsRefused(_ shape: [Int]) throws {
        let path = try write([("pixel_values", tensor(shape))])
        #expect(throws: ReferenceError.inputShape(.pictures, found: shape, expected: [3, 32, 32])) {
            try verification(path)
        }
    }

    @Test func aFolderNeedsItsFiles() throws {
        _ = try write([("pixel_values", tensor([1, 3, 32, 32]))], to: "input.safetensors")
        #expect(throws: CheckpointError.self) { try verification(folder.url.path) }
        _ = try write([("hook_embed", tensor([1, 16, 24]))], to: "cache.safetensors")
        #expect(try verification(folder.url.path).agreements.map(\.name) == ["hook_embed"])
        try folder.write(Array("[]".utf8), to: "info.json")
        #expect(throws: CheckpointError.self) { try verification(folder.url.path) }
    }
}
