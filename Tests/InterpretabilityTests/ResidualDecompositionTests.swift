import HookedModels
import Interpretability
import ServiceTesting
import Tensors
import Testing
import TextNumbers

@Suite struct ResidualDecompositionTests {
    /// Layouts whose heads and neurons add to the stream by themselves.
    static let plain = TinyModel.Layout.allCases.filter { $0 != .prismaBert }

    static func recorded(
        _ model: HookedModel, _ pixels: Tensor, hooks: [String] = ["*"], positions: Selection.Positions = .all,
        _ kept: [Int]? = nil
    ) throws -> RecordedActivations {
        let plan = try HookPlan(
            [CaptureRequest(hooks: hooks, selection: Selection(positions: positions))], for: model.architecture)
        let result = try #require(model.run([ForwardRequest(pixels: pixels, plan: plan)]).first)
        return RecordedActivations(result.captures, positions: kept, of: model)
    }

    static func input(_ model: HookedModel, count: Int = 2) -> Tensor {
        var generator = SeededGenerator(seed: 5)
        let shape = [count] + model.architecture.inputShape
        return Tensor(shape: shape, elements: generator.floats(shape.reduce(1, *)))
    }

    private func sum(_ stack: ComponentStack) -> Tensor {
        let all = stack.tensor
        return (1..<all.shape[0]).reduce(all.row(0)) { $0 + all.row($1) }
    }

    private func whole(_ activations: RecordedActivations, _ site: Site, _ layer: Int) throws -> Tensor {
        let architecture = activations.model.architecture
        return try activations.tensor(site, layer, [architecture.positions, architecture.width])
    }

    @Test(arguments: TinyModel.Layout.allCases)
    func theComponentsAddUpToTheStream(_ layout: TinyModel.Layout) throws {
        let model = try TinyModel(layout).load()
        let activations = try Self.recorded(model, Self.input(model))
        let streams = try ResidualDecomposition(activations)
        for layer in 0...1 {
            let stream = try whole(activations, .residPre, layer)
            #expect(relativeDifference(sum(try streams.decomposeResid(layer: layer)), stream) < 2e-6)
        }
        let last = try whole(activations, .residPost, 1)
        #expect(relativeDifference(sum(try streams.decomposeResid()), last) < 2e-6)
        guard !model.architecture.isAttentionOnly else { return }
        let mid = try whole(activations, .residMid, 1)
        #expect(relativeDifference(sum(try streams.decomposeResid(layer: 1, mlpInput: true)), mid) < 2e-6)
    }

    @Test(arguments: plain)
    func headsNeuronsEmbeddingAndBiasAreTheWholeStream(_ layout: TinyModel.Layout) throws {
        let model = try TinyModel(layout).load()
        let activations = try Self.recorded(model, Self.input(model))
        let streams = try ResidualDecomposition(activations)
        let last = try whole(activations, .residPost, 1)
        for expandsNeurons in [true, false] {
            let full = try streams.fullResidDecomposition(expandsNeurons: expandsNeurons)
            #expect(full.labels.count == full.tensor.shape[0] && full.labels.last == "bias")
            #expect(relativeDifference(sum(full), last) < 3e-6)
        }
        for stack in [
            try streams.stackHeadResults(includesRemainder: true),
            try model.architecture.isAttentionOnly
                ? streams.stackHeadResults(includesRemainder: true)
                : streams.stackNeuronResults(neurons: [3, 0], includesRemainder: true),
        ] {
            #expect(stack.labels.last == "remainder")
            #expect(relativeDifference(sum(stack), last) < 2e-6)
        }
    }

    /// z · W_O, added up over the heads, and the bias is what attention gave; the flag's own hook agrees.
    @Test(arguments: plain)
    func headsAndTheirBiasAreWhatAttentionGave(_ layout: TinyModel.Layout) throws {
        let model = try TinyModel(layout).load()
        let activations = try Self.recorded(model, Self.input(model))
        let heads = try ResidualDecomposition(activations).stackHeadResults()
        let count = model.architecture.heads
        for layer in 0..<2 {
            let bias = try #require(model.weight(named: "blocks.\(layer).attn.b_O")).tensor()
            let own = heads.tensor.rows((layer * count)..<((layer + 1) * count))
            let sum = (1..<count).reduce(own.row(0)) { $0 + own.row($1) }.adding(toEach: bias)
            #expect(relativeDifference(sum, try whole(activations, .attnOut, layer)) < 2e-6)
        }
    }

    @Test(arguments: TinyModel.Layout.allCases.filter { $0 != .prismaLNPre })
    func theExactNormOfThePartsIsWhatTheFinalNormGives(_ layout: TinyModel.Layout) throws {
        let model = try TinyModel(layout).load()
        guard model.architecture.hasFinalNorm, model.architecture.normalization != .none else { return }
        let activations = try Self.recorded(model, Self.input(model))
        let streams = try ResidualDecomposition(activations)
        let (stack, bias) = try streams.applyLN(to: try streams.decomposeResid(), .exact)
        let normal = sum(stack).adding(toEach: try #require(bias))
        let truth = try activations.tensor(
            .lnFinal, nil, [model.architecture.positions, model.architecture.width])
        #expect(relativeDifference(normal, truth) < 3e-6)
    }

    @Test func aBertBlockAddsNormalisedHalvesAndHasNoHeadsOfTheStream() throws {
        let model = try TinyModel(.prismaBert).load()
        let streams = try ResidualDecomposition(try Self.recorded(model, Self.input(model)))
        #expect(throws: StreamError.self) { try streams.stackHeadResults() }
        #expect(throws: StreamError.self) { try streams.stackNeuronResults() }
        #expect(throws: StreamError.self) { try streams.accumulatedBias() }
        let stack = try streams.decomposeResid()
        #expect(throws: StreamError.self) { try streams.applyLN(to: stack, .prisma, layer: 1) }
    }

    /// A class token alone, as a cache of one position keeps it, gives the rows that the whole gives.
    @Test(arguments: [TinyModel.Layout.huggingFace, .timmRegisters, .clipVision])
    func ofChosenPositionsTheRowsAreTheSame(_ layout: TinyModel.Layout) throws {
        let model = try TinyModel(layout).load()
        let pixels = Self.input(model)
        let whole = try ResidualDecomposition(try Self.recorded(model, pixels))
        let chosen = [model.architecture.positions - 1, 0]
        let some = try ResidualDecomposition(
            try Self.recorded(
                model, pixels, hooks: ["*resid*", "*_out", "ln_final.hook_scale"], positions: .indices(chosen), chosen))
        let expected = try whole.decomposeResid().tensor.gathered(axis: 2, chosen)
        #expect(relativeDifference(try some.decomposeResid().tensor, expected) < 1e-6)
        let narrowed = try ResidualDecomposition(try Self.recorded(model, pixels), positions: chosen)
        #expect(relativeDifference(try narrowed.decomposeResid().tensor, expected) < 1e-6)
        #expect(throws: StreamError.unrecordedPosition(3)) {
            try ResidualDecomposition(some.activations, positions: [3])
        }
    }

    /// ViT-Prisma's own recipe keeps the patches, and not the stream that they enter.
    @Test(arguments: [TinyModel.Layout.huggingFace, .dinov2Registers, .timmRegisters, .timmDistilled, .timmPooled])
    func patchesAndTheTokensBeforeThemAreTheEmbedding(_ layout: TinyModel.Layout) throws {
        let model = try TinyModel(layout).load()
        let pixels = Self.input(model)
        let whole = try ResidualDecomposition(try Self.recorded(model, pixels)).decomposeResid()
        for start in ["hook_embed", "hook_full_embed"] {
            let few = try Self.recorded(model, pixels, hooks: [start, "*_out"])
            let other = try ResidualDecomposition(few).decomposeResid()
            #expect(other.labels == whole.labels)
            #expect(relativeDifference(other.tensor, whole.tensor) < 1e-6)
        }
    }

    @Test func whatWasNotRecordedIsNamed() throws {
        let model = try TinyModel().load()
        let few = try Self.recorded(model, Self.input(model), hooks: ["blocks.0.hook_resid_pre", "*.hook_attn_out"])
        let streams = try ResidualDecomposition(few)
        #expect(throws: StreamError.missing(hook: "blocks.0.hook_mlp_out")) { try streams.decomposeResid() }
        #expect(throws: StreamError.missing(hook: "blocks.0.attn.hook_z")) { try streams.stackHeadResults() }
        #expect(throws: StreamError.missing(hook: "ln_final.hook_scale")) {
            try streams.applyLN(to: streams.decomposeResid(mode: .attn), .prisma)
        }
        #expect(throws: StreamError.layerOutOfRange(3, layers: 2)) { try streams.decomposeResid(layer: 3) }
        #expect(throws: StreamError.layerOutOfRange(-2, layers: 2)) { try streams.decomposeResid(layer: -2) }
        #expect(throws: StreamError.self) { try streams.decomposeResid(mlpInput: true) }
    }

    @Test func streamsOfAllLayersHaveViTPrismasNames() throws {
        let model = try TinyModel().load()
        let streams = try ResidualDecomposition(try Self.recorded(model, Self.input(model)))
        #expect(try streams.accumulatedResid().labels == ["0_pre", "1_pre", "final_post"])
        #expect(
            try streams.accumulatedResid(includesMid: true).labels
                == ["0_pre", "0_mid", "1_pre", "1_mid", "final_post"])
        #expect(try streams.accumulatedResid(layer: 0, mlpInput: true).labels == ["0_pre", "0_mid"])
        #expect(try streams.decomposeResid(layer: 1, includesEmbeddings: false).labels == ["0_attn_out", "0_mlp_out"])
        #expect(try streams.stackHeadResults(layer: 1).labels == ["L0H0", "L0H1", "L0H2"])
        #expect(try streams.stackHeadResults(layer: 0).tensor.shape == [0, 2, 17, 24])
        #expect(try streams.stackNeuronResults(layer: 1, neurons: [7]).labels == ["L0N7"])
        let neurons = try streams.neuronResults(layer: 1, neurons: [2, 5])
        #expect(neurons.shape == [2, 17, 2, 24])
        #expect(
            neurons.slice(axis: 2, 1..<2).elements
                == (try streams.stackNeuronResults(neurons: [5])).tensor.row(1).elements)
        let results = try streams.headResults(layer: 1)
        #expect(results.shape == [2, 17, 3, 24])
        #expect(
            results.slice(axis: 2, 2..<3).elements == (try streams.stackHeadResults()).tensor.row(5).elements)
        let z = try streams.stackActivation(.z)
        #expect(z.shape == [2, 2, 17, 3, 8])
    }

    @Test(arguments: AnalysisReference.golden)
    func theGoldenDecompositionsAreMet(_ reference: AnalysisReference) throws {
        let model = try reference.load()
        let truth = try reference.tensors("decomposition")
        let meta = try reference.meta()
        let activations = try Self.recorded(model, try reference.pixels())
        let streams = try ResidualDecomposition(activations)
        let stacks: [(String, ComponentStack)] = [
            ("accumulated_resid", try streams.accumulatedResid()),
            ("accumulated_resid_mid", try streams.accumulatedResid(includesMid: true)),
            ("decompose_resid_all", try streams.decomposeResid()),
            ("decompose_resid_attn", try streams.decomposeResid(mode: .attn)),
            ("decompose_resid_mlp", try streams.decomposeResid(mode: .mlp)),
            ("stack_head_results", try streams.stackHeadResults()),
            ("stack_head_results_remainder", try streams.stackHeadResults(includesRemainder: true)),
        ]
        for (name, stack) in stacks {
            let key = name == "accumulated_resid_mid" ? "accumulated_resid_labels_mid" : name + "_labels"
            if let labels = meta[key]?.array { #expect(labels.map(\.string) == stack.labels, "\(name)") }
            let expected = try #require(truth[name])
            #expect(relativeDifference(stack.tensor, expected) <= float32Tolerance, "\(name)")
            let (scaled, bias) = try streams.applyLN(to: stack, .prisma)
            #expect(bias == nil)
            let normal = try #require(truth[name + "_ln"])
            #expect(relativeDifference(scaled.tensor, normal) <= float32Tolerance, "\(name)_ln")
        }
        let before = try streams.accumulatedResid(layer: 1, mlpInput: true)
        let scaled = try streams.applyLN(to: before, .prisma, layer: 1, mlpInput: true).stack
        let parts = try streams.decomposeResid(layer: 1, mlpInput: true)
        let first = try ResidualDecomposition(activations, positions: [0])
        let second = try ResidualDecomposition(activations, positions: [1])
        let cls = try first.stackNeuronResults().tensor
        let neurons = try second.neuronResults(layer: 0, neurons: Array(0...5))
        let biases = try (0...3).map { try streams.accumulatedBias(layer: $0).unsqueezed() }
        let fewer = try (0...3).map { try streams.accumulatedBias(layer: $0, includesMLP: false).unsqueezed() }
        for (name, ours) in [
            ("accumulated_resid_layer1_mlp_input_ln", scaled.tensor),
            ("decompose_resid_layer1_mlp_input", parts.tensor),
            ("stack_neuron_results_cls", cls.reshaped([cls.shape[0], 2, cls.shape[3]])),
            ("neuron_results_l0_pos1_n0to5", neurons.reshaped([2, 6, cls.shape[3]])),
            ("accumulated_bias", Tensor.concatenated(biases)), ("accumulated_bias_no_mlp", Tensor.concatenated(fewer)),
        ] {
            #expect(relativeDifference(ours, try #require(truth[name])) <= float32Tolerance, "\(name)")
        }
    }
}
