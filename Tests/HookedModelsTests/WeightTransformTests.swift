import Checkpoints
import HookedModels
import ServiceTesting
import Tensors
import Testing

/// Each way of rewriting weights leaves the output as it is, does what it is for, and refuses where it could not.
@Suite struct WeightTransformTests {
    static let wishes: [Set<WeightTransform>] =
        WeightTransform.allCases.map { [$0] } + [Set(WeightTransform.allCases), [.foldNorms, .centreWriting]]

    private static func tiny(_ layout: TinyModel.Layout) -> TinyModel {
        TinyModel(layout, layers: 3, width: 36, heads: 4, neurons: 45, image: 24, patch: 8, classes: 7)
    }

    private static func weights(_ model: HookedModel) -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: model.weights.map { ($0.name, $0.tensor()) })
    }

    @Test(arguments: [TinyModel.Layout.huggingFace, .timm, .timmPooled], wishes)
    func theOutputStaysAsItIs(_ layout: TinyModel.Layout, _ wish: Set<WeightTransform>) throws {
        let tiny = Self.tiny(layout)
        let (plain, rewritten) = (try tiny.load(), try tiny.load(options: ModelOptions(processing: wish)))
        #expect(plain.processing.isEmpty && rewritten.processing == wish)
        let pixels = Pictures.random(3, for: plain)
        let (before, after) = (try plain.run(pixels).output, try rewritten.run(pixels).output)
        #expect(Pictures.difference(try #require(after).joined, try #require(before).joined) < 1e-5)
        #expect(plain.weights.map(\.name) == rewritten.weights.map(\.name))
        #expect(plain.weights.map(\.shape) == rewritten.weights.map(\.shape))
        let (old, new) = (Self.weights(plain), Self.weights(rewritten))
        #expect(old.contains { new[$0.key]?.elements != $0.value.elements }, "something was rewritten")
    }

    @Test(arguments: [TinyModel.Layout.huggingFace, .timmPooled])
    func attentionLooksWhereItDid(_ layout: TinyModel.Layout) throws {
        let tiny = Self.tiny(layout)
        let all = ModelOptions(processing: Set(WeightTransform.allCases))
        let (plain, rewritten) = (try tiny.load(), try tiny.load(options: all))
        let pixels = Pictures.random(2, for: plain)
        for hook in ["blocks.0.attn.hook_pattern", "blocks.2.attn.hook_pattern", "blocks.1.mlp.hook_post"] {
            let (before, after) = (
                try plain.run(pixels, capturing: [hook])[hook], try rewritten.run(pixels, capturing: [hook])[hook]
            )
            #expect(Pictures.difference(try #require(after), try #require(before)) < 1e-5, "\(hook)")
        }
    }

    /// Norms are left with ones and zeros, and no column of what reads them has a mean.
    @Test func foldedNormsOnlyCentreAndScale() throws {
        let weights = Self.weights(
            try Self.tiny(.huggingFace).load(options: ModelOptions(processing: [.foldNorms])))
        for (name, tensor) in weights where name.contains("ln") {
            #expect(tensor.elements.allSatisfy { $0 == (name.hasSuffix(".w") ? 1 : 0) }, "\(name)")
        }
        for name in ["blocks.0.attn.W_Q", "blocks.2.attn.W_V"] {
            let tensor = try #require(weights[name])
            #expect(columnMeans(tensor.rows(1..<2).reshaped([36, 9])) < 1e-7, "\(name)")
        }
        for name in ["blocks.1.mlp.W_in", "head.W_H"] {
            #expect(columnMeans(try #require(weights[name])) < 1e-7, "\(name)")
        }
    }

    @Test func whatIsWrittenToTheStreamHasNoMean() throws {
        let weights = Self.weights(
            try Self.tiny(.timm).load(options: ModelOptions(processing: [.centreWriting])))
        let written = [
            "pos_embed.W_pos", "blocks.0.attn.W_O", "blocks.1.attn.b_O", "blocks.2.mlp.W_out", "blocks.0.mlp.b_out",
        ]
        for name in written {
            let rows = try #require(weights[name])
            let means = columnMeans(rows.reshaped([rows.count / 36, 36]).permuted([1, 0]).contiguous())
            #expect(means < 1e-7, "\(name)")
        }
    }

    @Test func biasesOfValuesGoIntoTheOutput() throws {
        let plain = Self.weights(try Self.tiny(.timm).load())
        let folded = Self.weights(try Self.tiny(.timm).load(options: ModelOptions(processing: [.foldValueBiases])))
        let (bias, output) = (
            try #require(plain["blocks.1.attn.b_V"]), try #require(plain["blocks.1.attn.W_O"]).reshaped([36, 36])
        )
        #expect(folded["blocks.1.attn.b_V"]?.elements.allSatisfy { $0 == 0 } == true)
        let sum =
            try #require(plain["blocks.1.attn.b_O"])
            + bias.reshaped([1, 36]).matrixMultiplied(by: output).reshaped([36])
        #expect(Pictures.difference(try #require(folded["blocks.1.attn.b_O"]), sum) < 1e-6)
        #expect(folded["blocks.1.attn.W_V"]?.elements == plain["blocks.1.attn.W_V"]?.elements)
    }

    /// The columns of the new W_Q and W_K, with their biases, stand at right angles and are equally long in both; the rows
    /// of the new W_O stand at right angles and have a length of one.
    @Test func refactoredHeadsAreMadeOfSingularVectors() throws {
        let weights = Self.weights(
            try Self.tiny(.huggingFace).load(options: ModelOptions(processing: [.refactorAttention])))
        let squares = try ["Q", "K"].map { letter in
            let (own, bias) = (
                try head(2, of: weights["blocks.1.attn.W_\(letter)"]), weights["blocks.1.attn.b_\(letter)"]
            )
            let row = try #require(bias).rows(2..<3)
            let whole = Tensor.concatenated([own, row])
            return whole.permuted([1, 0]).matrixMultiplied(by: whole)
        }
        #expect(Pictures.difference(squares[0], squares[1]) < 1e-5)
        let output = try head(2, of: weights["blocks.1.attn.W_O"])
        let angles = output.matrixMultiplied(by: output.permuted([1, 0]))
        for row in 0..<9 {
            for column in 0..<9 {
                #expect(abs(angles[row, column] - (row == column ? 1 : 0)) < 1e-5)
                if row != column { #expect(abs(squares[0][row, column]) < 1e-5 * squares[0][0, 0]) }
            }
        }
    }

    @Test func whatWouldChangeTheOutputIsRefused() throws {
        let error = try #require(throws: ModelError.self) {
            try Self.tiny(.huggingFaceFeatures).load(options: ModelOptions(processing: [.foldNorms]))
        }
        #expect(
            "\(error)"
                == "processing 'fold_ln' would change what the model gives: it has no head that could take over the "
                + "weight and the bias of its final norm")
        for other in WeightTransform.allCases where other != .foldNorms {
            _ = try Self.tiny(.huggingFaceFeatures).load(options: ModelOptions(processing: [other]))
        }
    }

    @Test func weightsThatAreNotFiniteAreNotFactored() throws {
        var checkpoint = Self.tiny(.timm).checkpoint
        let place = try #require(checkpoint.tensors.firstIndex { $0.name == "blocks.2.attn.qkv.weight" })
        var tensor = checkpoint.tensors[place].value.tensor
        tensor.withMutableSpan { $0[17] = .nan }
        checkpoint.tensors[place].value = ArrayValue(tensor)
        let error = try #require(throws: ModelError.self) {
            try checkpoint.load(options: ModelOptions(processing: [.refactorAttention]))
        }
        #expect("\(error)" == "the attention of layer 2 cannot be factored: not all of its elements are finite")
        _ = try checkpoint.load(options: ModelOptions(processing: [.foldNorms, .foldValueBiases]))
    }

    private func head(_ head: Int, of weight: Tensor?) throws -> Tensor {
        let weight = try #require(weight)
        return weight.rows(head..<(head + 1)).reshaped(Array(weight.shape.dropFirst()))
    }

    /// The largest mean of a column.
    private func columnMeans(_ matrix: Tensor) -> Double {
        (0..<matrix.shape[1]).map { column in
            abs((0..<matrix.shape[0]).reduce(0.0) { $0 + Double(matrix[$1, column]) } / Double(matrix.shape[0]))
        }.max() ?? 0
    }
}
