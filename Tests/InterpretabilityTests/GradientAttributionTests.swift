import HookedModels
import Interpretability
import ServiceTesting
import Tensors
import Testing
import TextNumbers

/// First-order effects: against a reference library's, and what must hold of any model.
@Suite struct GradientAttributionTests {
    private struct Runs {
        let differences: [String: Tensor]
        let gradients: [String: Tensor]
    }

    /// The first input less the second, with the second's gradients.
    private func runs(
        _ model: HookedModel, _ pixels: Tensor, _ metric: Metric, hooks: [String], gradients: [String],
        flags: HookFlags = HookFlags()
    ) throws -> Runs {
        let plan = try HookPlan([CaptureRequest(hooks: hooks)], for: model.architecture, flags: flags)
        let slopes = try HookPlan([CaptureRequest(hooks: gradients)], for: model.architecture, flags: flags)
        let result = model.gradients(
            GradientRequest(pixels: pixels, plan: plan, gradients: slopes) { _, output in metric.gradient(output) })
        let pairs = result.captures.map { name, values in
            (name, values.joined.row(0) - values.joined.row(1))
        }
        return Runs(
            differences: Dictionary(uniqueKeysWithValues: pairs),
            gradients: Dictionary(uniqueKeysWithValues: result.gradients.map { ($0.name, $0.values.joined.row(1)) }))
    }

    private func pixels(_ model: HookedModel, _ count: Int = 2) -> Tensor {
        var generator = SeededGenerator(seed: 31)
        let shape = [count] + model.architecture.inputShape
        return Tensor(shape: shape, elements: generator.floats(shape.reduce(1, *)))
    }

    private let metric = Metric(.logitDifference, classes: [0, 1])

    @Test(arguments: AnalysisReference.golden)
    func attributionPatchingIsTheReferences(_ reference: AnalysisReference) throws {
        let model = try reference.load()
        let (meta, truth) = (try reference.meta(), try reference.tensors("gradients"))
        let metric = Metric(
            .logitDifference, classes: [try #require(meta["c1"]?.int), try #require(meta["c2"]?.int)])
        for (axis, name) in [(AttributionAxis.position, "attr_resid_pre"), (.head, "attr_head_z")] {
            let attribution = try GradientAttribution(of: model, by: axis)
            let found = try runs(
                model, try reference.pixels(), metric, hooks: attribution.hooks, gradients: attribution.hooks)
            let scores = try attribution.scores(found.differences, found.gradients)
            let ours = Tensor(shape: attribution.shape, elements: scores.map { Float($0) })
            #expect(try relativeDifference(ours, #require(truth[name])) < 2 * float32Tolerance, "\(name)")
        }
        for site in SweepSite.allCases where site != .result && site != .pattern {
            let attribution = try GradientAttribution(of: model, by: .layer, site: site)
            let found = try runs(
                model, try reference.pixels(), metric, hooks: attribution.hooks, gradients: attribution.hooks)
            for (layer, score) in try attribution.scores(found.differences, found.gradients).enumerated() {
                let name = HookPoint(site.site, layer: layer).name
                let sum = try #require(meta.at("attribution_patching_sum", name)?.double)
                #expect(abs(score - sum) < 1e-4, "\(name): \(score), not \(sum)")
            }
        }
    }

    /// What is told apart adds up to the same as what is not.
    @Test(arguments: [TinyModel.Layout.huggingFace, .clipVision, .prismaBert, .prismaAttentionOnly, .timmPooled])
    func finerPartsAddUpToCoarserOnes(_ layout: TinyModel.Layout) throws {
        let model = try TinyModel(layout, image: 16, seed: 5).load()
        let flags = HookFlags(useAttnResult: true)
        let scores = { (axis: AttributionAxis, site: SweepSite?) in
            let attribution = try GradientAttribution(of: model, by: axis, site: site)
            let found = try runs(
                model, pixels(model), metric, hooks: attribution.hooks, gradients: attribution.hooks, flags: flags)
            let scores = try attribution.scores(found.differences, found.gradients)
            #expect(scores.count == attribution.labels.count && scores.count == attribution.shape.reduce(1, *))
            return scores
        }
        let sums = { (values: [Double], layers: Int) in
            (0..<layers).map { layer in
                values[(layer * values.count / layers)..<((layer + 1) * values.count / layers)].reduce(0, +)
            }
        }
        let layers = model.architecture.layers
        for site in SweepSite.allCases {
            guard let coarse = try? GradientAttribution(of: model, by: .layer, site: site) else { continue }
            let whole = try scores(.layer, site)
            #expect(whole.count == layers && coarse.labels.count == layers)
            for (part, axis) in [(SweepAxis.position, AttributionAxis.position), (.head, .head), (.neuron, .neuron)]
            where site.axes.contains(part) && !(site == .post && part == .position) {
                for (fine, coarse) in zip(sums(try scores(axis, site), layers), whole) {
                    #expect(abs(fine - coarse) < 1e-5, "\(site) by \(axis)")
                }
            }
        }
        let (components, parts) = (try scores(.component, nil), try scores(.layer, nil))
        #expect(abs(components.reduce(0, +) - parts.reduce(0, +)) < 1e-6)
    }

    /// All that enters a receiver is what it reads; so edges into it add up to the effect of what it reads.
    @Test(arguments: [TinyModel.Layout.huggingFace, .clipVision, .prismaAttentionOnly, .timmRegisters])
    func edgesIntoAReceiverAddUpToWhatItReads(_ layout: TinyModel.Layout) throws {
        let model = try TinyModel(layout, image: 16, seed: 5).load()
        let edges = try EdgeAttribution(of: model)
        let reads = edges.gradients
        let found = try runs(
            model, pixels(model), metric, hooks: edges.activations + reads, gradients: reads,
            flags: EdgeAttribution.flags)
        let scores = try edges.scores(found.differences, found.gradients)
        #expect(scores.shape == [edges.senders.count, edges.receivers.count])
        var column = 0
        for hook in reads {
            let (difference, gradient) = try (#require(found.differences[hook]), #require(found.gradients[hook]))
            let heads = difference.rank == 3 ? difference.shape[1] : 1
            for head in 0..<heads {
                let own = { (x: Tensor) in heads == 1 ? x : x.slice(axis: 1, head..<(head + 1)).contiguous() }
                let truth = zip(own(difference).elements, own(gradient).elements).reduce(0.0) {
                    $0 + Double($1.0) * Double($1.1)
                }
                let sum = (0..<edges.senders.count).reduce(0.0) { $0 + Double(scores[$1, column]) }
                #expect(abs(sum - truth) < 1e-4, "\(edges.receivers[column]): \(sum), not \(truth)")
                column += 1
            }
        }
        #expect(column == edges.receivers.count)
        let first = try #require(edges.receivers.firstIndex(of: "L0H0"))
        #expect((1..<edges.senders.count).allSatisfy { scores[$0, first] == 0 }, "nothing comes before the first layer")
    }

    @Test func whatAModelDoesNotHaveIsRefused() throws {
        let attentionOnly = try TinyModel(.prismaAttentionOnly).load()
        #expect(throws: StreamError.self) { try GradientAttribution(of: attentionOnly, by: .neuron) }
        #expect(throws: StreamError.self) { try GradientAttribution(of: attentionOnly, by: .layer, site: .mlpOut) }
        let model = try TinyModel().load()
        #expect(throws: StreamError.self) { try GradientAttribution(of: model, by: .head, site: .residPre) }
        #expect(throws: StreamError.self) { try GradientAttribution(of: model, by: .component, site: .z) }
        #expect(throws: StreamError.self) { try EdgeAttribution(of: TinyModel(.prismaBert).load()) }
    }

    @Test func integratedGradientsAddUpToTheChange() throws {
        let model = try TinyModel(image: 16, seed: 5).load()
        let ends = pixels(model)
        let (x, baseline) = (ends.row(0), ends.row(1))
        let result = try #require(model.run([ForwardRequest(pixels: ends, plan: .empty)]).first)
        let outputs = try #require(result.output).rows.map { $0.squeezed() }
        let change = metric(outputs[0]) - metric(outputs[1])
        var residues: [Double] = []
        for steps in [4, 64] {
            let method = IntegratedGradients(steps: steps)
            let path = method.path(from: baseline, to: x)
            let metric = metric
            let request = GradientRequest(pixels: path, gradients: .empty, wantsPixels: true) { _, output in
                metric.gradient(output)
            }
            let gradients = try #require(model.gradients(request).pixels).joined
            let parts = method.attributions(from: baseline, to: x, gradients)
            #expect(parts.shape == x.shape)
            residues.append(abs(parts.elements.reduce(0.0) { $0 + Double($1) } - change))
        }
        #expect(residues[1] < 1e-4 * max(1, abs(change)), "\(residues) of \(change)")
        #expect(residues[1] <= residues[0])
    }

    /// Of matrices multiplied out one after the other.
    @Test func relevanceIsTheProductOfTheLayers() {
        var generator = SeededGenerator(seed: 9)
        let (heads, count) = (2, 5)
        let random = { Tensor(shape: [heads, count, count], elements: generator.floats(heads * count * count)) }
        let (patterns, gradients) = ([random(), random(), random()], [random(), random(), random()])
        var relevance = (0..<count).map { row in (0..<count).map { $0 == row ? 1.0 : 0 } }
        for (pattern, gradient) in zip(patterns, gradients) {
            var next = relevance
            for i in 0..<count {
                for j in 0..<count {
                    for k in 0..<count {
                        let mixing = (0..<heads).reduce(0.0) {
                            $0 + max(0, Double(pattern[$1, i, k]) * Double(gradient[$1, i, k])) / Double(heads)
                        }
                        next[i][j] += mixing * relevance[k][j]
                    }
                }
            }
            relevance = next
        }
        for row in 0..<count {
            let scores = AttentionRelevance.scores(patterns: patterns, gradients: gradients, reading: [row])
            for (ours, truth) in zip(scores, relevance[row]) { #expect(abs(ours - truth) < 1e-12) }
        }
        let mean = AttentionRelevance.scores(patterns: patterns, gradients: gradients, reading: [0, 3])
        for (column, value) in mean.enumerated() {
            #expect(abs(value - (relevance[0][column] + relevance[3][column]) / 2) < 1e-12)
        }
    }
}
