import Checkpoints
import HookedModels
import ServiceTesting
import Tensors
import Testing
import TextNumbers

@Suite struct HookedModelTests {
    @Test(arguments: TinyModel.Layout.allCases)
    func aModelIsWhatItsFilesSay(_ layout: TinyModel.Layout) throws {
        let tiny = TinyModel(layout, layers: 3, width: 32, heads: 4, neurons: 48, image: 24, patch: 8, classes: 7)
        let model = try tiny.load()
        #expect(model.family == layout.family)
        #expect(model.architecture.layers == 3)
        #expect(model.architecture.width == 32)
        #expect(model.architecture.heads == 4)
        #expect(model.architecture.headWidth == 8)
        #expect(model.architecture.neurons == 48)
        #expect(model.architecture.inputShape == [layout.channels, 24, 24])
        #expect(model.architecture.positions == tiny.positions)
        #expect(model.architecture.classes == (layout.hasHead ? 7 : nil))
        #expect(model.architecture.outputShape == [tiny.outputWidth])
        #expect(tiny.outputWidth == (layout.hasHead ? 7 : 32))
        #expect(model.parameterCount == tiny.checkpoint.tensors.reduce(0) { $0 + $1.value.shape.reduce(1, *) })
        // Scales are multiplied into what they scale, and so is half of the sum of a distilled model's biases.
        let folded = ["gamma", "lambda1", "head_dist.bias"]
        let held = tiny.checkpoint.tensorsRead().filter { tensor in !folded.contains { tensor.name.hasSuffix($0) } }
        #expect(model.weightBytes >= held.reduce(0) { $0 + $1.value.shape.reduce(4, *) }, "all that is read is held")
    }

    @Test(arguments: [TinyModel.Layout.huggingFace, .timm])
    func labelsAreTheCheckpoints(_ layout: TinyModel.Layout) throws {
        let model = try TinyModel(layout).load()
        #expect(model.label(0) == "tabby, tabby cat")
        #expect(model.label(1) == "heart")
        #expect(model.label(4) == "thing 4")
        #expect(model.label(5) == "class 5")
        #expect(model.emoji(0) == "🐈", "the checkpoint's own, or by the rules")
        #expect(model.emoji(4) == nil)
        #expect(model.emoji(-1) == nil)
    }

    @Test func labelsOfTheConfigurationWin() throws {
        let model = try TinyModel().load(options: ModelOptions(labels: ["one", "two"]))
        #expect([0, 1, 2].map(model.label) == ["one", "two", "class 2"])
        #expect(model.emoji(0) == nil)
    }

    @Test func gapsInTheLabelsAreNumbered() throws {
        var checkpoint = TinyModel().checkpoint
        checkpoint.configuration = checkpoint.configuration?.setting("id2label", to: ["0": "a", "3": "d"])
            .setting("id2emoji", to: nil)
        let model = try checkpoint.load()
        #expect((0..<5).map(model.label) == ["a", "class 1", "class 2", "d", "class 4"])
    }

    @Test func timmsDescriptionsAreTheLabels() throws {
        var checkpoint = TinyModel(.timm).checkpoint
        checkpoint.configuration = checkpoint.configuration?.setting("label_names", to: ["n1", "n2"])
            .setting("label_descriptions", to: ["n1": "a fish"])
        let model = try checkpoint.load()
        #expect([0, 1].map(model.label) == ["a fish", "n2"])
    }

    /// The original stacks the class token and the mean of the patches for `dino-vitb` names, without a classifier only.
    @Test(
        arguments: [
            ("facebook/dino-vitb16", [24, 2]), ("facebook/dino-vits16", [24]), ("someone/else", [24]), (nil, [24]),
        ] as [(String?, [Int])])
    func theHubNameDecidesOnDINOsPooling(_ name: String?, _ shape: [Int]) throws {
        let model = try TinyModel(.huggingFaceFeatures).load(options: ModelOptions(hubName: name))
        let result = try model.run(Pictures.random(2, for: model), capturing: ["hook_ln_final"])
        let output = try #require(result.output).joined
        #expect(output.shape == [2] + shape)
        guard shape.count == 2 else { return }
        let stream = try #require(result["hook_ln_final"])
        for feature in 0..<24 {
            #expect(output[0, feature, 0] == stream[0, 0, feature])
            let mean = (1..<17).reduce(0.0) { $0 + Double(stream[0, $1, feature]) } / 16
            #expect(abs(Double(output[0, feature, 1]) - mean) < 1e-5)
        }
    }

    @Test func poolingOfTheConfigurationWins() throws {
        let shapes = try [Architecture.Pooling.cls, .mean, .clsAndMean, .none].map { pooling in
            let model = try TinyModel(.huggingFaceFeatures).load(options: ModelOptions(pooling: pooling))
            return try #require(try model.run(Pictures.random(1, for: model)).output).shape
        }
        #expect(shapes == [[1, 24], [1, 24], [1, 24, 2], [1, 17, 24]])
    }

    /// The output of a pooled model is the head over the mean of the normalised patches.
    @Test func aPooledModelReadsThePatches() throws {
        let model = try TinyModel(.timmPooled).load()
        let checkpoint = TinyModel(.timmPooled).checkpoint
        let result = try model.run(Pictures.random(1, for: model), capturing: ["hook_ln_final"])
        let stream = try #require(result["hook_ln_final"])
        let weight = try #require(checkpoint.tensors.first { $0.name == "head.weight" }).value.tensor
        let bias = try #require(checkpoint.tensors.first { $0.name == "head.bias" }).value.tensor
        let output = try #require(result.output).joined
        for label in 0..<5 {
            var sum = Double(bias[label])
            for feature in 0..<24 {
                let mean = (0..<16).reduce(0.0) { $0 + Double(stream[0, $1, feature]) } / 16
                sum += mean * Double(weight[label, feature])
            }
            #expect(abs(Double(output[0, label]) - sum) < 1e-4)
        }
    }

    @Test func flagsOfTheConfigurationAreTheModels() throws {
        let flags = HookFlags(useAttnResult: true)
        #expect(try TinyModel().load(options: ModelOptions(flags: flags)).flags == flags)
    }

    @Test func aBatchOfNothingGivesNothing() throws {
        #expect(try TinyModel().load().run([]).isEmpty)
    }

    @Test func pixelsOfAnotherShapeAreTheProgrammersMistake() async {
        await #expect(processExitsWith: .failure) {
            let model = try TinyModel().load()
            _ = model.run([ForwardRequest(pixels: Tensor(repeating: 0, shape: [1, 3, 8, 8]), plan: .empty)])
        }
    }
}
