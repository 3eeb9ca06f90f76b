import HookedModels
import Interpretability
import ServiceTesting
import Tensors
import Testing
import TextNumbers

@Suite struct DirectAttributionTests {
    private func scores(_ model: HookedModel, _ pixels: Tensor, _ attribution: DirectAttribution) throws
        -> [AttributionScores]
    {
        let plan = try HookPlan(attribution.captures, for: model.architecture)
        let result = try #require(model.run([ForwardRequest(pixels: pixels, plan: plan)]).first)
        return try attribution(
            RecordedActivations(result.captures, positions: attribution.positions, of: model))
    }

    private static let layouts = TinyModel.Layout.allCases.filter { ![.sigLIP, .timmAttentionPooled].contains($0) }

    /// Whatever a model pools and normalises: the parts are all of the metric.
    @Test(arguments: layouts, DirectAttribution.Axis.allCases)
    func thePartsAddUpToTheLogits(_ layout: TinyModel.Layout, _ axis: DirectAttribution.Axis) throws {
        let model = try TinyModel(layout).load()
        if axis == .neuron && model.architecture.isAttentionOnly { return }
        if layout == .prismaBert && ![.layer, .component].contains(axis) { return }
        let metric = Metric(.logitDifference, classes: [3, 1])
        let attribution = try DirectAttribution(metric, of: model, by: axis)
        let pixels = ResidualDecompositionTests.input(model)
        let output = try #require(model.run([ForwardRequest(pixels: pixels, plan: .empty)]).first?.output).joined
        for (input, found) in try scores(model, pixels, attribution).enumerated() {
            #expect(found.value == metric(output.row(input)))
            let size = found.scores.elements.reduce(abs(found.value)) { $0 + Double(abs($1)) }
            #expect(abs(found.residue) <= 1e-6 * size, "\(found.residue) of \(size)")
            #expect(found.scores.shape == [1] + attribution.shape)
            #expect(attribution.labels.count == attribution.shape.reduce(1, *))
            #expect(found.others.count == attribution.otherLabels.count)
            #expect(found.accumulated.count == attribution.accumulatedLabels.count)
        }
    }

    @Test(arguments: [TinyModel.Layout.huggingFace, .timmPooled, .timmCLIP, .dinov2])
    func aPositionReadByItselfIsWhatTheLensSaysThere(_ layout: TinyModel.Layout) throws {
        let model = try TinyModel(layout).load()
        let pixels = ResidualDecompositionTests.input(model)
        let attribution = try DirectAttribution(
            Metric(.logit, classes: [2]), of: model, by: .component, position: 4)
        let last = HookPoint(.residPost, layer: 1).name
        let plan = try HookPlan([CaptureRequest(hooks: [last])], for: model.architecture)
        let stream = try #require(model.run([ForwardRequest(pixels: pixels, plan: plan)]).first?.captures.first).values
        for (input, found) in try scores(model, pixels, attribution).enumerated() {
            let normal = model.finalNormalized(stream.joined.row(input).row(4))
            let output = model.hasHead ? model.unembedded(normal, addingBias: true) : normal
            #expect(abs(found.value - Double(output[2])) < 1e-5)
            #expect(abs(found.residue) < 1e-5)
        }
    }

    /// Cosines with texts are linear once the length of the embedding is held.
    @Test func cosinesWithTextsAddUpToo() throws {
        let model = try TinyModel(.clip).load()
        var generator = SeededGenerator(seed: 11)
        let width = model.architecture.outputShape[0]
        let directions = Tensor(shape: [3, width], elements: generator.floats(3 * width)).withUnitRows()
        let metric = Metric(
            .logitDifference, classes: [0, 2], reading: TextReading(labels: ["a", "b", "c"], directions: directions))
        let pixels = ResidualDecompositionTests.input(model)
        for axis in DirectAttribution.Axis.allCases {
            let attribution = try DirectAttribution(metric, of: model, by: axis)
            for found in try scores(model, pixels, attribution) {
                #expect(abs(found.value) > 1e-3)
                #expect(abs(found.residue) < 3e-6)
            }
        }
    }

    /// An output of unit length is linear once its length is held.
    @Test func anOutputOfUnitLengthAddsUpToo() throws {
        var checkpoint = TinyModel(.prismaSoLU).checkpoint
        checkpoint.configuration = try #require(checkpoint.configuration).setting("normalize_output", to: true)
        let model = try checkpoint.load()
        #expect(model.architecture.normalizesOutput)
        let pixels = ResidualDecompositionTests.input(model)
        let output = try #require(model.run([ForwardRequest(pixels: pixels, plan: .empty)]).first?.output).joined
        let attribution = try DirectAttribution(Metric(.logit, classes: [1]), of: model, by: .neuron)
        for (input, found) in try scores(model, pixels, attribution).enumerated() {
            #expect(abs(found.value - Double(output[input, 1])) < 1e-6)
            #expect(abs(found.residue) < 1e-5)
        }
    }

    /// With the norms folded into the head, ViT-Prisma's way is exact too.
    @Test func withFoldedNormsBothWaysAgree() throws {
        let model = try TinyModel().load(options: ModelOptions(processing: [.foldNorms]))
        let pixels = ResidualDecompositionTests.input(model)
        let metric = Metric(.logit, classes: [0])
        let exact = try scores(model, pixels, DirectAttribution(metric, of: model, by: .head))
        let prisma = try scores(model, pixels, DirectAttribution(metric, of: model, by: .head, norm: .prisma))
        for (ours, theirs) in zip(exact, prisma) {
            #expect(relativeDifference(ours.scores, theirs.scores) < 1e-6)
            #expect(abs(theirs.residue) < 1e-5)
        }
        let plain = try TinyModel().load()
        let off = try scores(plain, pixels, DirectAttribution(metric, of: plain, by: .head, norm: .prisma))
        #expect(off.allSatisfy { abs($0.residue) > 1e-3 })
    }

    @Test func whatIsNotLinearIsRefused() throws {
        let model = try TinyModel().load()
        #expect(throws: StreamError.self) {
            try DirectAttribution(Metric(.probability, classes: [0]), of: model, by: .head)
        }
        let pooled = try TinyModel(.sigLIP).load()
        let logit = Metric(.logit, classes: [0])
        #expect(throws: StreamError.self) { try DirectAttribution(logit, of: pooled, by: .component) }
        let bert = try TinyModel(.prismaBert).load()
        #expect(throws: StreamError.self) { try DirectAttribution(logit, of: bert, by: .head) }
        let both = try TinyModel(.dinov2Registers).load()
        #expect(throws: StreamError.self) { try DirectAttribution(logit, of: both, by: .head, position: 1) }
        let attentionOnly = try TinyModel(.prismaAttentionOnly).load()
        #expect(throws: StreamError.self) { try DirectAttribution(logit, of: attentionOnly, by: .neuron) }
    }

    @Test(arguments: AnalysisReference.golden)
    func theGoldenAttributionsAreMet(_ reference: AnalysisReference) throws {
        let model = try reference.load()
        let truth = try reference.tensors("dla")
        let meta = try reference.meta()
        let classes = try [#require(meta["c1"]?.int), #require(meta["c2"]?.int)]
        let metric = Metric(.logitDifference, classes: classes)
        let pixels = try reference.pixels()
        let check = { (name: String, axis: DirectAttribution.Axis, norm: StackNorm) in
            let attribution = try DirectAttribution(metric, of: model, by: axis, norm: norm)
            let found = try scores(model, pixels, attribution)
            // The reference has the inputs last.
            let stacked = Tensor.concatenated(found.map(\.scores))
            let order = Array(1..<stacked.rank) + [0]
            let expected = try #require(truth[name])
            #expect(
                relativeDifference(stacked.permuted(order).contiguous(), expected) <= float32Tolerance, "\(name)")
            return found
        }
        let exact = try check("dla_components", .component, .exact)
        _ = try check("dla_components_prisma", .component, .prisma)
        _ = try check("dla_heads", .head, .exact)
        _ = try check("dla_heads_prisma", .head, .prisma)
        _ = try check("dla_neurons", .neuron, .exact)
        let constant = try #require(truth["dla_constant"]?.elements.first)
        for (found, name) in zip(exact, ["logit_diff_clean", "logit_diff_corrupt"]) {
            #expect(abs(found.constant - Double(constant)) < 1e-6)
            #expect(abs(found.value - (try #require(meta[name]?.double))) < 1e-5)
            #expect(abs(found.residue) < 1e-5)
        }
        let byLayer = try scores(model, pixels, DirectAttribution(metric, of: model, by: .layer))
        let accumulated = try #require(truth["dla_accumulated"])
        for (input, found) in byLayer.enumerated() {
            for (layer, value) in found.accumulated.enumerated() {
                #expect(abs(value - Double(accumulated[layer, input])) < 1e-5)
            }
        }
    }

    @Test(arguments: AnalysisReference.golden)
    func everyClassAndEveryPositionOfTheGoldenSetIsMet(_ reference: AnalysisReference) throws {
        let model = try reference.load()
        let truth = try reference.tensors("dla")
        let meta = try reference.meta()
        let pixels = try reference.pixels()
        let all = try #require(truth["dla_all_classes"])
        for index in 0..<all.shape[2] {
            let found = try scores(
                model, pixels, DirectAttribution(Metric(.logit, classes: [index]), of: model, by: .component))
            let ours = Tensor.concatenated(found.map(\.scores)).permuted([1, 0]).contiguous()
            let theirs = all.slice(axis: 2, index..<(index + 1)).reshaped(ours.shape)
            #expect(relativeDifference(ours, theirs) <= 2 * float32Tolerance)
        }
        let places = try #require(truth["per_position_dla_components_prisma"])
        let classes = try [#require(meta["c1"]?.int), #require(meta["c2"]?.int)]
        for position in 0..<places.shape[2] {
            let attribution = try DirectAttribution(
                Metric(.logitDifference, classes: classes), of: model, by: .component, norm: .prisma,
                position: position)
            let found = try scores(model, pixels, attribution)
            let ours = Tensor.concatenated(found.map(\.scores)).permuted([1, 0]).contiguous()
            let theirs = places.slice(axis: 2, position..<(position + 1)).reshaped(ours.shape)
            #expect(relativeDifference(ours, theirs) <= 2 * float32Tolerance)
        }
    }
}
