import HookedModels
import ServiceTesting
import Tensors
import Testing

/// Rewritten weights against ViT-Prisma's own, in float64; and the output of every family, which stays as it is.
@Suite struct WeightTransformParityTests {
    static let analysed = ReferenceModel.golden.filter { ["timm_vit", "hf_clip_vision_proj"].contains("\($0)") }

    static let wishes: [(String, Set<WeightTransform>)] = [
        ("fold_ln", [.foldNorms]), ("center", [.centreWriting]), ("fold_v", [.foldValueBiases]),
        ("refactor", [.refactorAttention]), ("all", Set(WeightTransform.allCases)),
    ]

    @Test(arguments: analysed, wishes)
    func logitsAndWeightsAreTheOriginals(_ reference: ReferenceModel, _ wish: (String, Set<WeightTransform>)) throws {
        var reference = reference
        let golden = try reference.tensors("../../analyses/\(reference)/weight_processing.safetensors")
        let input = try reference.tensors("../../analyses/\(reference)/input.safetensors")
        let pixels = try #require(input["pixel_values"])
        reference.options.processing = wish.1
        let model = try reference.load()
        let result = try #require(model.run([ForwardRequest(pixels: pixels, plan: .empty)]).first?.output)
        try expectClose(result.joined, try #require(golden["logits_\(wish.0)"]), "logits")
        let samples = golden.filter { $0.key.hasPrefix(wish.0 + ":") }
        #expect(["fold_v": 2, "center": 4, "refactor": 3, "fold_ln": 8, "all": 0][wish.0] == samples.count)
        for (key, truth) in samples {
            let name = String(key.dropFirst(wish.0.count + 1))
            if name.hasPrefix("QK_product_") {
                try expectClose(try product(ofLayer: String(name.dropFirst(11)), model, truth.shape), truth, key)
            } else {
                try expectClose(try #require(model.weight(named: name), "\(name)").tensor(), truth, key)
            }
        }
    }

    /// W_Q · W_Kᵀ of each head, which no turn of the factors changes.
    private func product(ofLayer layer: String, _ model: HookedModel, _ shape: [Int]) throws -> Tensor {
        let weights = try ["Q", "K"].map { try #require(model.weight(named: "blocks.\(layer).attn.W_\($0)")).tensor() }
        let products = (0..<shape[0]).map { head in
            let (q, k) = (weights[0].rows(head..<(head + 1)), weights[1].rows(head..<(head + 1)))
            let flat = Array(q.shape.dropFirst())
            return q.reshaped(flat).matrixMultiplied(by: k.reshaped(flat).permuted([1, 0])).reshaped(
                [1] + shape.dropFirst())
        }
        return Tensor.concatenated(products)
    }

    private func expectClose(_ ours: Tensor, _ truth: Tensor, _ name: String) throws {
        #expect(ours.shape == truth.shape, "\(name)")
        let largest = truth.elements.reduce(0.0) { max($0, Double(abs($1))) }
        #expect(largestDifference(ours, truth) <= 2e-6 * largest, "\(name)")
    }

    /// How the sentence begins that refuses.
    private static func objection(
        to transform: WeightTransform, of model: HookedModel, _ name: String
    ) -> String? {
        switch (name, transform) {
        case ("prisma_attn_only_noln", .foldNorms), ("prisma_attn_only_noln", .centreWriting): "it has no layer norms"
        case ("prisma_bert", .foldNorms), ("prisma_bert", .centreWriting): "its blocks read the stream itself"
        case ("hf_siglip", .foldNorms): "its attention pooling"
        case (_, .foldNorms): model.hasHead || model.architecture.classes != nil ? nil : "it has no head"
        default: nil
        }
    }

    @Test(arguments: ReferenceModel.golden, WeightTransform.allCases)
    func everyFamilyGivesWhatItGave(_ reference: ReferenceModel, _ transform: WeightTransform) throws {
        let plain = try reference.load()
        var rewriting = reference
        rewriting.options.processing = [transform]
        if let objection = Self.objection(to: transform, of: plain, "\(reference)") {
            let error = try #require(throws: ModelError.self) { try rewriting.load() }
            return #expect("\(error)".contains(": \(objection)"), "\(error)")
        }
        let truth = try #require(try reference.activations())
        let rewritten = try rewriting.load()
        let outputs = try [plain, rewritten].map { model in
            try #require(model.run([ForwardRequest(pixels: truth.input, plan: .empty)]).first?.output).joined
        }
        let agreement = HookAgreement(
            "output", outputs[1], truth: outputs[0], float32Error: truth.float32ErrorOfOutput)
        #expect(agreement.error <= 3 * agreement.allowed)
    }

    @Test(arguments: ReferenceModel.withText)
    func aTextTowerIsRewrittenToo(_ reference: ReferenceModel) throws {
        let plain = try #require(try reference.loadText())
        var rewriting = reference
        rewriting.options.processing = Set(WeightTransform.allCases)
        let ids = try #require(try reference.activations(.texts)).input
        let rewritten = try #require(try rewriting.loadText())
        let outputs = try [plain, rewritten].map { model in
            try #require(model.run([ForwardRequest(pixels: ids, plan: .empty)]).first?.output).joined
        }
        let largest = outputs[0].elements.reduce(0.0) { max($0, Double(abs($1))) }
        #expect(largestDifference(outputs[1], outputs[0]) <= 1e-5 * largest)
    }
}
