import CVectorKernels
import Foundation
import ServiceTesting
import Testing

@testable import Tensors

/// The spacing of float32 at 1.
private let ulp = Double(Float.ulpOfOne)

@Suite struct KernelsTests {
    static let sets = InstructionSet.allCases.filter(\.isAvailable)

    /// From −∞ over every magnitude down to zero and up again.
    static let grid: [Float] = {
        var values: [Float] = [0, -0.0, .leastNonzeroMagnitude, 1e-30, -1e-30, 1e30, -1e30]
        for step in -14_000...14_000 { values.append(Float(step) * 0.00104719) }
        return values
    }()

    @Test(arguments: sets, Activation.allCases)
    func activationEqualsItsFormula(set: InstructionSet, activation: Activation) throws {
        let kernels = try #require(Kernels(set))
        var results = [Float](repeating: 0, count: Self.grid.count)
        kernels.functions.activate(activation.code, Self.grid, &results, Self.grid.count)
        for (x, y) in zip(Self.grid, results) {
            let expected = KernelReference.activation(activation, Double(x))
            // Rounding x·f(x) with f within 2 ulp costs at most 2.5 ulp of x; without fused products a little more.
            let allowed = (set == .plain ? 4 : 2.5) * ulp * abs(Double(x)) + 2e-38
            #expect(abs(Double(y) - expected) <= allowed, "\(activation)(\(x)) = \(y), not \(expected)")
        }
    }

    @Test(arguments: sets, Activation.allCases)
    func activationHandlesWhatIsNotFinite(set: InstructionSet, activation: Activation) throws {
        let kernels = try #require(Kernels(set))
        let x: [Float] = [.infinity, -.infinity, .nan]
        var y = [Float](repeating: 0, count: 3)
        kernels.functions.activate(activation.code, x, &y, 3)
        #expect(y[0] == .infinity)
        #expect(y[2].isNaN || activation == .relu)
        if activation == .relu || activation == .gelu { #expect(y[1].magnitude <= 1e-30) }
    }

    @Test(arguments: sets, [1, 2, 3, 7, 15, 16, 17, 31, 33, 50, 64, 197, 768])
    func softmaxEqualsItsFormula(set: InstructionSet, width: Int) throws {
        let kernels = try #require(Kernels(set))
        var generator = SeededGenerator(seed: UInt64(width))
        let x = generator.floats(width * 3, scale: 20)
        var y = [Float](repeating: -1, count: x.count)
        kernels.functions.softmax(x, width, &y, width, 3, width)
        for (value, expected) in zip(y, KernelReference.softmax(x, d: width)) {
            #expect(abs(Double(value) - expected) <= 24 * ulp * expected + 1e-37)
        }
    }

    @Test(arguments: sets)
    func softmaxOfNothingIsZero(set: InstructionSet) throws {
        let kernels = try #require(Kernels(set))
        var x = [Float](repeating: -.infinity, count: 40)
        x[39] = .nan
        var y = [Float](repeating: 1, count: 40)
        kernels.functions.softmax(x, 20, &y, 20, 2, 20)
        #expect(y.allSatisfy { $0 == 0 })
        x = [Float](repeating: -.infinity, count: 20) + [3] + [Float](repeating: -.infinity, count: 19)
        kernels.functions.softmax(x, 20, &y, 20, 2, 20)
        #expect(y[20] == 1 && y[21] == 0)
    }

    @Test(arguments: sets, [1, 2, 5, 16, 31, 64, 100, 768, 1023])
    func layerNormEqualsItsFormula(set: InstructionSet, width: Int) throws {
        let kernels = try #require(Kernels(set))
        var generator = SeededGenerator(seed: UInt64(width) + 99)
        let x = generator.floats(width * 4, scale: 3).map { $0 + 10 }
        let (w, b) = (generator.floats(width, scale: 2), generator.floats(width, scale: 2))
        var y = [Float](repeating: 0, count: x.count)
        var scale = [Float](repeating: 0, count: 4)
        kernels.functions.layer_norm(x, width, &y, width, &scale, w, b, 1e-6, 4, width)
        let expected = KernelReference.layerNorm(x, weight: w, bias: b, eps: 1e-6, d: width)
        for row in 0..<4 {
            #expect(abs(Double(scale[row]) - expected.scale[row]) <= 8 * ulp * (expected.scale[row] + 10))
        }
        for (index, value) in y.enumerated() {
            // The mean of values around 10 is known to an ulp of 10, which the division by the scale enlarges.
            let allowed = 16 * ulp * (13 / expected.scale[index / width] * abs(Double(w[index % width])) + 4)
            #expect(abs(Double(value) - expected.normalized[index]) <= allowed)
        }
        kernels.functions.layer_norm(x, width, &y, width, nil, nil, nil, 1e-6, 4, width)
        let plain = KernelReference.layerNorm(x, weight: nil, bias: nil, eps: 1e-6, d: width)
        for (index, value) in y.enumerated() {
            #expect(abs(Double(value) - plain.normalized[index]) <= 16 * ulp * (13 / plain.scale[index / width] + 1))
        }
    }

    @Test(arguments: sets)
    func exponentialIsWithinTwoUlp(set: InstructionSet) throws {
        // σ(−x) = 1 / (1 + e^x), read where e^x dominates, shows the exponential: silu(x) = x · e^x for x ≪ 0.
        let kernels = try #require(Kernels(set))
        let x = (0..<4_000).map { -20 - Float($0) * 0.015 }
        var y = [Float](repeating: 0, count: x.count)
        kernels.functions.activate(Activation.silu.code, x, &y, x.count)
        for (x, y) in zip(x, y) {
            let expected = Double(x) / (1 + exp(-Double(x)))
            // 1.5 for the exponential, 1 for the division, ½ each for the sum and the product.
            #expect(abs(Double(y) - expected) <= 3.5 * ulp * abs(expected))
        }
    }
}
