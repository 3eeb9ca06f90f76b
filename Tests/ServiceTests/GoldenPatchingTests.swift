import Checkpoints
import Foundation
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

/// Patching sweeps held against ViT-Prisma in float64.
@Suite(.enabled(if: Golden.shared != nil)) struct GoldenPatchingTests {
    @Test(arguments: ["timm_vit", "hf_clip_vision_proj"]) func everySweepIsTheReferences(_ name: String) async throws {
        let root = try #require(Golden.shared)
        let analyses = root.appending(path: "analyses/\(name)")
        let service = try await TestService(paths: [name: root.appending(path: "models/\(name)/checkpoint")])
        let input = try SafetensorsFile(path: analyses.appending(path: "input.safetensors").path)
        let pixels = try #require(
            try input.entries.first { $0.name == "pixel_values" }.map { try input.tensor($0) })
        let meta = try JSONValue.parse([UInt8](Data(contentsOf: analyses.appending(path: "meta.json"))))
        let truth = try SafetensorsFile(path: analyses.appending(path: "patching.safetensors").path)
        var compared = 0
        for entry in truth.entries where !entry.name.hasSuffix("_normalised") {
            let sweep: JSONValue =
                if entry.name.hasSuffix("_by_pos_layer0") {
                    ["hook": "z", "over": ["position", "head"], "layers": [0]]
                } else if entry.name.hasPrefix("patch_head_") {
                    ["hook": .string(String(entry.name.dropFirst(11))), "over": ["layer", "head"]]
                } else {
                    ["hook": .string(String(entry.name.dropFirst(6))), "over": ["layer", "position"]]
                }
            let answer = try await service.post(
                "/v1/models/\(name)/patching",
                [
                    "clean": tensor(pixels.row(0)), "corrupt": tensor(pixels.row(1)), "sweep": sweep,
                    "metric": ["kind": "logit_difference", "classes": [meta["c1"] ?? 0, meta["c2"] ?? 0]],
                ])
            #expect(answer.status == 200, "\(entry.name): \(answer.text)")
            let expected = try truth.tensor(entry).elements.map(Double.init)
            let ours = try #require(try answer.json["tensors"]?["metric"]?["data"]?.doubles)
            // The difference of two logits is off by what both are: their size sets the bar.
            let scale = max(expected.map(abs).max() ?? 0, 1)
            for (a, b) in zip(ours, expected) { #expect(abs(a - b) <= 9e-6 * scale, "\(entry.name)") }
            #expect(ours.count == expected.count)
            let clean = try #require(try answer.json["baseline_clean"]?.double)
            #expect(abs(clean - (meta["logit_diff_clean"]?.double ?? .infinity)) <= 9e-6 * scale)
            compared += 1
        }
        #expect(compared == 10)
    }

    private func tensor(_ pixels: Tensor) -> JSONValue {
        [
            "tensor": [
                "datatype": "FP32", "shape": .integers(pixels.shape),
                "data": .numbers(pixels.elements.map(Double.init)),
            ]
        ]
    }
}
