import ServiceTesting
import Tensors
import Testing

@testable import HookedModels

@Suite struct LinearTests {
    private static func random(_ shape: [Int], seed: UInt64, mean: Float = 0) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return Tensor(shape: shape, elements: generator.floats(shape.reduce(1, *)).map { $0 + mean })
    }

    /// What is read behind a norm, of one normalised row or of two side by side, is read behind its rest alike.
    @Test(arguments: [1, 2], [true, false])
    func aLayerTakesOverWeightAndBiasOfTheNormBeforeIt(_ rows: Int, _ hasWeights: Bool) {
        let width = 9
        let norm = Norm(
            weight: hasWeights ? Self.random([width], seed: 1, mean: 1.5) : nil,
            bias: hasWeights ? Self.random([width], seed: 2) : nil, eps: 1e-6)
        let layer = Linear(weight: Self.random([5, rows * width], seed: 3).permuted([1, 0]), bias: nil)
        let absorbed = layer.absorbing(norm, rows: rows)
        let x = Self.random([4, rows, width], seed: 4, mean: 3)
        let read = { (norm: Norm, layer: Linear) in
            layer.packed().multiply(
                x.layerNormalized(weight: norm.weight, bias: norm.bias, eps: norm.eps).reshaped([4, rows * width]))
        }
        #expect(Pictures.difference(read(norm.plain, absorbed), read(norm, layer)) < 1e-6)
        for start in stride(from: 0, to: rows * width, by: width) {
            for column in 0..<5 {
                let sum = (start..<(start + width)).reduce(Float(0)) { $0 + absorbed.weight[$1, column] }
                #expect(abs(sum) < 1e-5)
            }
        }
        #expect(absorbed.bias?.shape == [5])
        #expect(absorbed.bias?.elements.contains { $0 != 0 } == hasWeights)
    }

    @Test func aCentredLayerGivesRowsWithoutAMean() {
        let layer = Linear(weight: Self.random([6, 7], seed: 5, mean: 1), bias: Self.random([7], seed: 6, mean: -1))
        let before = layer.packed().multiply(Self.random([3, 6], seed: 7))
        let after = layer.centred().packed().multiply(Self.random([3, 6], seed: 7))
        #expect(Pictures.difference(after, before.centered()) < 1e-6)
        #expect(
            layer.biasElements.count == 7
                && Linear(weight: layer.weight, bias: nil).biasElements == Array(repeating: 0, count: 7))
    }
}
