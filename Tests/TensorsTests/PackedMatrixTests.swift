import ServiceTesting
import Testing

@testable import Tensors

@Suite struct PackedMatrixTests {
    static let sets = InstructionSet.allCases.filter(\.isAvailable)

    /// Rows, terms, columns: below, at and above tiles, panels and blocks of rows and of terms.
    static let shapes: [[Int]] = [
        [1, 1, 1], [1, 5, 3], [2, 8, 16], [5, 3, 32], [6, 64, 33], [7, 17, 31], [12, 40, 64], [13, 40, 65],
        [49, 12, 10],
        [50, 96, 48], [51, 96, 47], [101, 24, 40], [3, 1_025, 20], [120, 1_030, 8], [4, 3_073, 12], [2, 6_200, 35],
        [0, 4, 4], [3, 0, 5],
    ]

    @Test(arguments: sets, shapes)
    func productEqualsTheReference(set: InstructionSet, shape: [Int]) {
        let (m, k, n) = (shape[0], shape[1], shape[2])
        var generator = SeededGenerator(seed: UInt64(m * 1_000 + k * 10 + n))
        let (x, w, b) = (generator.floats(m * k), generator.floats(k * n), generator.floats(n))
        let matrix = PackedMatrix(
            Tensor(shape: [k, n], elements: w), bias: Tensor(shape: [n], elements: b), on: set)
        let result = matrix.multiply(Tensor(shape: [m, k], elements: x))
        #expect(result.shape == [m, n])
        let expected = KernelReference.product(x, w, bias: b, m: m, k: k, n: n)
        expectClose(result.elements, expected, terms: k)
    }

    @Test(arguments: sets, shapes)
    func residualIsAddedInPlaceAndAside(set: InstructionSet, shape: [Int]) {
        let (m, k, n) = (shape[0], shape[1], shape[2])
        var generator = SeededGenerator(seed: UInt64(m + k + n))
        let (x, w, r) = (generator.floats(m * k), generator.floats(k * n), generator.floats(m * n))
        let matrix = PackedMatrix(Tensor(shape: [k, n], elements: w), on: set)
        let product = KernelReference.product(x, w, bias: [], m: m, k: k, n: n)
        let expected = zip(product, r).map { $0 + Double($1) }
        var sum = Tensor(shape: [m, n], elements: r)
        matrix.multiply(Tensor(shape: [m, k], elements: x), addingTo: &sum)
        expectClose(sum.elements, expected, terms: k)
        let before = Tensor(shape: [m, n], elements: r)
        var shared = before
        matrix.multiply(Tensor(shape: [m, k], elements: x), addingTo: &shared)
        expectClose(shared.elements, expected, terms: k)
        #expect(before.elements == r, "what others hold is not written")
    }

    @Test(arguments: sets, Activation.allCases)
    func activationIsFused(set: InstructionSet, activation: Activation) throws {
        var generator = SeededGenerator(seed: 5)
        let (x, w) = (generator.floats(37 * 20, scale: 4), generator.floats(20 * 45, scale: 4))
        let matrix = PackedMatrix(Tensor(shape: [20, 45], elements: w), on: set)
        let input = Tensor(shape: [37, 20], elements: x)
        let separate = matrix.multiply(input).activated(activation).elements
        for (fused, apart) in zip(matrix.multiply(input, activation: activation).elements, separate) {
            #expect(abs(fused - apart) <= 4e-6)
        }
    }

    @Test(arguments: [1, 2, 3, 5])
    func threadsDoNotChangeTheResult(threads: Int) {
        var generator = SeededGenerator(seed: 6)
        let x = Tensor(shape: [7, 50, 33], elements: generator.floats(7 * 50 * 33))
        let matrix = PackedMatrix(Tensor(shape: [33, 210], elements: generator.floats(33 * 210)))
        #expect(matrix.multiply(x, on: Crew(width: threads)).elements == matrix.multiply(x).elements)
    }

    @Test func transposedAndSlicedOperandsAreReadWhereTheyLie() {
        var generator = SeededGenerator(seed: 7)
        let (w, x) = (generator.floats(12 * 9), generator.floats(4 * 3 * 9))
        let weight = Tensor(shape: [12, 9], elements: w)
        let matrix = PackedMatrix(weight.permuted([1, 0]))
        let input = Tensor(shape: [4, 3, 9], elements: x).slice(axis: 1, 1..<2)
        let rows = (0..<4).flatMap { Array(x[($0 * 27 + 9)..<($0 * 27 + 18)]) }
        let transposed = (0..<9).flatMap { k in (0..<12).map { w[$0 * 9 + k] } }
        let expected = KernelReference.product(rows, transposed, bias: [], m: 4, k: 9, n: 12)
        let result = matrix.multiply(input)
        #expect(result.shape == [4, 1, 12])
        expectClose(result.elements, expected, terms: 9)
        #expect(matrix.unpacked().elements == transposed)
    }

    @Test func chainOfTwoEqualsOneAfterTheOther() {
        var generator = SeededGenerator(seed: 8)
        let x = Tensor(shape: [3, 71, 16], elements: generator.floats(3 * 71 * 16))
        let first = PackedMatrix(
            Tensor(shape: [16, 40], elements: generator.floats(640)),
            bias: Tensor(shape: [40], elements: generator.floats(40)))
        let second = PackedMatrix(Tensor(shape: [40, 16], elements: generator.floats(640)))
        let stream = Tensor(shape: [3, 71, 16], elements: generator.floats(3 * 71 * 16))
        var expected = stream
        second.multiply(first.multiply(x, activation: .gelu), addingTo: &expected)
        var sum = stream
        PackedMatrix.multiply(x, through: first, .gelu, second, addingTo: &sum)
        #expect(sum.elements == expected.elements)
        #expect(stream.elements != sum.elements)
    }

    /// Factors in ±1: a sum of k terms has the size √k / 3, and each of its k roundings is off by half an ulp of that at
    /// most; roundings of random sign grow with √k again. Six times that is not passed by chance.
    private func expectClose(_ values: [Float], _ expected: [Double], terms: Int) {
        #expect(values.count == expected.count)
        let allowed = 6 * Double(Float.ulpOfOne) / 2 * Double(terms + 2) / 3 + 4e-7
        let worst = zip(values, expected).map { abs(Double($0) - $1) }.max() ?? 0
        #expect(worst <= allowed, "off by \(worst), allowed \(allowed)")
    }
}
