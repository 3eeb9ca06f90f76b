import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

/// Patching sweeps held against ViT-Prisma in float64.
@Suite(.enabled(if: Golden.shared != nil)) struct GoldenPatchingTests {
    @Test(arguments: ["timm_vit", "hf_clip_vision_proj"]) func everySweepIsTheReferences(_ name: String) async throws {
        let reference = try GoldenAnalysis(name)
        let service = try await reference.service()
        let sweeps = try reference.names(in: "patching").filter { !$0.hasSuffix("_normalised") }
        #expect(sweeps.count == 10)
        for name in sweeps {
            let answer = try await service.post(
                "/v1/models/\(reference.model)/patching",
                [
                    "clean": try reference.tensor(0), "corrupt": try reference.tensor(1), "sweep": sweep(name),
                    "metric": reference.metric,
                ])
            #expect(answer.status == 200, "\(name): \(answer.text)")
            let expected = try reference.tensor(of: "patching", name).elements.map(Double.init)
            let ours = try #require(try answer.json["tensors"]?["metric"]?["data"]?.doubles)
            // The difference of two logits is off by what both are: their size sets the bar.
            let scale = max(expected.map(abs).max() ?? 0, 1)
            for (a, b) in zip(ours, expected) { #expect(abs(a - b) <= 9e-6 * scale, "\(name)") }
            #expect(ours.count == expected.count)
            let clean = try #require(try answer.json["baseline_clean"]?.double)
            #expect(abs(clean - (reference.meta["logit_diff_clean"]?.double ?? .infinity)) <= 9e-6 * scale)
        }
    }

    private func sweep(_ name: String) -> JSONValue {
        if name.hasSuffix("_by_pos_layer0") { return ["hook": "z", "over": ["position", "head"], "layers": [0]] }
        let isHead = name.hasPrefix("patch_head_")
        return [
            "hook": .string(String(name.dropFirst(isHead ? 11 : 6))),
            "over": ["layer", isHead ? "head" : "position"],
        ]
    }
}
