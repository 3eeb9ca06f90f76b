import CVectorKernels
import Foundation
import ServiceTesting
import Testing

@testable import Tensors

/// The fast adjoints against plain ones in float64, and those against the slopes of the operations themselves.
@Suite struct AdjointTests {
    static let sets = KernelsTests.sets
    private static let ulp = Double(Float.ulpOfOne)

    @Test(arguments: Activation.allCases)
    func theReferenceIsTheSlopeOfTheActivation(_ activation: Activation) {
        for step in -60...60 where step != 0 {
            let x = Double(step) * 0.1
            let slope =
                (KernelReference.activation(activation, x + 1e-5) - KernelReference.activation(activation, x - 1e-5))
                / 2e-5
            #expect(abs(KernelReference.activationSlope(activation, x) - slope) < 1e-8, "\(activation) at \(x)")
        }
    }

    @Test(arguments: sets, Activation.allCases)
    func slopesOfActivationsEqualTheirFormula(set: InstructionSet, activation: Activation) throws {
        let kernels = try #require(Kernels(set))
        let grid = KernelsTests.grid
        let gradient = [Float](repeating: 2, count: grid.count)
        var results = [Float](repeating: 0, count: grid.count)
        kernels.functions.activate_adjoint(activation.code, grid, gradient, &results, grid.count)
        for (x, y) in zip(grid, results) {
            let expected = 2 * KernelReference.activationSlope(activation, Double(x))
            #expect(abs(Double(y) - expected) <= 24 * Self.ulp, "\(activation)′(\(x)) = \(y), not \(expected)")
        }
    }

    @Test(arguments: sets, Activation.allCases)
    func slopesFarOutAreZeroOrOne(set: InstructionSet, activation: Activation) throws {
        let kernels = try #require(Kernels(set))
        var y = [Float](repeating: 0, count: 3)
        kernels.functions.activate_adjoint(activation.code, [.infinity, -.infinity, .nan], [1, 1, 1], &y, 3)
        #expect(abs(y[0] - 1) < 1e-6)
        #expect(abs(y[1]) < 1e-6 || activation == .identity)
        #expect(y[2].isNaN || activation == .relu || activation == .identity)
    }

    @Test(arguments: sets, [1, 2, 3, 15, 16, 17, 33, 50, 197])
    func softmaxAdjointEqualsItsFormula(set: InstructionSet, width: Int) throws {
        let kernels = try #require(Kernels(set))
        var generator = SeededGenerator(seed: UInt64(width))
        let p = KernelReference.softmax(generator.floats(width * 3, scale: 6), d: width).map { Float($0) }
        let g = generator.floats(width * 3)
        var y = g
        kernels.functions.softmax_adjoint(p, y, &y, 3, width)
        for row in 0..<3 {
            let range = (row * width)..<((row + 1) * width)
            let sum = range.reduce(0.0) { $0 + Double(p[$1]) * Double(g[$1]) }
            for index in range {
                let expected = Double(p[index]) * (Double(g[index]) - sum)
                #expect(abs(Double(y[index]) - expected) <= 16 * Self.ulp * Double(p[index]))
            }
        }
    }

    @Test(arguments: [1, 2, 5, 16, 31, 64, 100, 768], [true, false])
    func layerNormAdjointEqualsItsFormula(width: Int, hasWeight: Bool) {
        var generator = SeededGenerator(seed: UInt64(width) + 7)
        let x = Tensor(shape: [4, width], elements: generator.floats(width * 4, scale: 3).map { $0 + 2 })
        let g = Tensor(shape: [4, width], elements: generator.floats(width * 4))
        let w = hasWeight ? Tensor(shape: [width], elements: generator.floats(width)) : nil
        let adjoint = LayerNormAdjoint(of: x, g, weight: w, eps: 1e-3)
        let expected = KernelReference.layerNormAdjoint(
            x.elements, g.elements, weight: w?.elements, eps: 1e-3, d: width)
        let smallest = 0.03  // √eps, a row's least scale
        let allowed = 64 * Self.ulp * 3 / (width == 1 ? smallest : 0.3)
        for (value, truth) in zip(adjoint.byInput().elements, expected.x) {
            #expect(abs(Double(value) - truth) <= allowed)
        }
        for (value, truth) in zip(adjoint.byScale.elements, expected.scale) {
            #expect(abs(Double(value) - truth) <= allowed * Double(width))
        }
        var (byWeight, byBias) = (Tensor(repeating: 1, shape: [width]), Tensor(repeating: 1, shape: [width]))
        adjoint.add(weight: &byWeight, bias: &byBias)
        for column in 0..<width {
            #expect(abs(Double(byWeight[column]) - 1 - expected.weight[column]) <= allowed * 4)
            #expect(abs(Double(byBias[column]) - 1 - expected.bias[column]) <= allowed)
        }
    }

    /// The scale as a variable of its own: a gradient of zero by it leaves the centred row's alone.
    @Test func theGradientByTheScaleCanBeReplaced() {
        var generator = SeededGenerator(seed: 3)
        let x = Tensor(shape: [2, 24], elements: generator.floats(48))
        let g = Tensor(shape: [2, 24], elements: generator.floats(48))
        let adjoint = LayerNormAdjoint(of: x, g, weight: nil, eps: 1e-6)
        let same = adjoint.byInput(scale: adjoint.byScale)
        #expect(zip(same.elements, adjoint.byInput().elements).allSatisfy { abs($0 - $1) < 1e-6 })
        let held = adjoint.byInput(scale: Tensor(repeating: 0, shape: [2, 1]))
        let scale = x.layerNormalizedWithScale(weight: nil, bias: nil, eps: 1e-6).scale
        let expected = g.centered().dividingRows(by: scale)
        #expect(zip(held.elements, expected.elements).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    /// Batch, queries, keys, heads, width.
    @Test(
        arguments: [[1, 1, 1, 1, 1], [2, 5, 5, 3, 4], [1, 1, 17, 2, 8], [1, 40, 40, 2, 6]], [Crew.solo, Crew(width: 2)])
    func adjointsOfAttentionEqualTheirFormulas(shape: [Int], crew: Crew) {
        let (batch, queries, keys, heads, width) = (shape[0], shape[1], shape[2], shape[3], shape[4])
        var generator = SeededGenerator(seed: UInt64(keys))
        func random(_ shape: [Int]) -> Tensor {
            Tensor(shape: shape, elements: generator.floats(shape.reduce(1, *)))
        }
        let (q, z) = (random([batch, queries, heads, width]), random([batch, queries, heads, width]))
        let (k, v) = (random([batch, keys, heads, width]), random([batch, keys, heads, width]))
        let (a, s) = (random([batch, heads, queries, keys]), random([batch, heads, queries, keys]))
        let mixed = Tensor.attentionMixAdjoint(a, v, z, on: crew)
        let scored = Tensor.attentionScoresAdjoint(q, k, scale: 0.5, s, on: crew)
        for b in 0..<batch {
            for h in 0..<heads {
                for i in 0..<queries {
                    for j in 0..<keys {
                        let dot = (0..<width).reduce(0.0) { $0 + Double(z[b, i, h, $1]) * Double(v[b, j, h, $1]) }
                        #expect(abs(Double(mixed.pattern[b, h, i, j]) - dot) < 1e-5)
                    }
                    for e in 0..<width {
                        let sum = (0..<keys).reduce(0.0) { $0 + Double(s[b, h, i, $1]) * Double(k[b, $1, h, e]) }
                        #expect(abs(Double(scored.queries[b, i, h, e]) - sum / 2) < 1e-5)
                    }
                }
                for j in 0..<keys {
                    for e in 0..<width {
                        let value = (0..<queries).reduce(0.0) { $0 + Double(a[b, h, $1, j]) * Double(z[b, $1, h, e]) }
                        #expect(abs(Double(mixed.values[b, j, h, e]) - value) < 1e-5)
                        let key = (0..<queries).reduce(0.0) { $0 + Double(s[b, h, $1, j]) * Double(q[b, $1, h, e]) }
                        #expect(abs(Double(scored.keys[b, j, h, e]) - key / 2) < 1e-5)
                    }
                }
            }
        }
    }

    @Test(arguments: [[1, 1, 1], [7, 33, 50], [40, 5, 64]], [Crew.solo, Crew(width: 2)])
    func productsAreAddedInPlace(shape: [Int], crew: Crew) {
        let (m, k, n) = (shape[0], shape[1], shape[2])
        var generator = SeededGenerator(seed: UInt64(m))
        let a = Tensor(shape: [k, m], elements: generator.floats(m * k)).permuted([1, 0])
        let b = Tensor(shape: [k, n], elements: generator.floats(k * n))
        var sum = Tensor(repeating: 3, shape: [m, n])
        sum.add(a, times: b, on: crew)
        let expected = KernelReference.product(
            a.elements, b.elements, bias: [Float](repeating: 3, count: n), m: m, k: k, n: n)
        for (value, truth) in zip(sum.elements, expected) { #expect(abs(Double(value) - truth) < 1e-5) }
    }

    @Test func aTransposedMatrixIsPackedOnceAndOnlyOnDemand() {
        var generator = SeededGenerator(seed: 5)
        let weight = Tensor(shape: [37, 70], elements: generator.floats(37 * 70))
        let matrix = PackedMatrix(weight, bias: Tensor(repeating: 1, shape: [70]))
        let before = matrix.byteCount
        let rows = Tensor(shape: [3, 70], elements: generator.floats(210))
        let product = matrix.transposed.multiply(rows)
        let copy = matrix
        #expect(copy.byteCount == before + matrix.transposed.byteCount, "copies share it")
        let expected = KernelReference.product(
            rows.elements, weight.permuted([1, 0]).elements, bias: [], m: 3, k: 70, n: 37)
        for (value, truth) in zip(product.elements, expected) { #expect(abs(Double(value) - truth) < 1e-5) }
    }

    @Test func patchesGoBackToTheirPixels() {
        var generator = SeededGenerator(seed: 6)
        let pictures = Tensor(shape: [2, 3, 7, 9], elements: generator.floats(2 * 3 * 7 * 9))
        let back = pictures.patches(3, 4).unpatched(3, 4, to: pictures.shape)
        for picture in 0..<2 {
            for channel in 0..<3 {
                for row in 0..<7 {
                    for column in 0..<9 {
                        let isInside = row < 6 && column < 8
                        #expect(
                            back[picture, channel, row, column]
                                == (isInside ? pictures[picture, channel, row, column] : 0))
                    }
                }
            }
        }
    }

    @Test func theAdjointOfUnitRowsIsTheirSlope() {
        let x = Tensor(shape: [1, 3], elements: [1, -2, 0.5])
        let g = Tensor(shape: [1, 3], elements: [0.3, 1, -1])
        let gradient = Tensor.unitRowsAdjoint(of: x, g).elements
        let value = { (x: [Double]) in
            let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return zip(x, g.elements).reduce(0) { $0 + $1.0 / length * Double($1.1) }
        }
        for index in 0..<3 {
            var (ahead, behind) = (x.elements.map(Double.init), x.elements.map(Double.init))
            ahead[index] += 1e-6
            behind[index] -= 1e-6
            #expect(abs(Double(gradient[index]) - (value(ahead) - value(behind)) / 2e-6) < 1e-6)
        }
    }
}
