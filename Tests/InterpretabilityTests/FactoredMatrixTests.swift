import Interpretability
import ServiceTesting
import Tensors
import Testing

@Suite struct FactoredMatrixTests {
    private static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        return Matrix(rows: rows, columns: columns, elements: generator.floats(rows * columns).map { Double($0) })
    }

    private static func factored(_ l: Int, _ m: Int, _ r: Int, seed: UInt64 = 5) -> FactoredMatrix {
        FactoredMatrix(random(l, m, seed: seed), random(m, r, seed: seed + 1))
    }

    private static func difference(_ a: Matrix, _ b: Matrix) -> Double {
        guard a.rows == b.rows, a.columns == b.columns else { return .infinity }
        return zip(a.elements, b.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test(arguments: [(8, 3, 7), (3, 5, 4), (6, 6, 6), (9, 2, 1)])
    func whatIsDoneToTheFactorsIsDoneToTheProduct(_ l: Int, _ m: Int, _ r: Int) throws {
        let matrix = Self.factored(l, m, r)
        let plain = matrix.product
        #expect(Self.difference(matrix.transposed.product, plain.transposed) < 1e-13)
        #expect(Self.difference(try matrix.even().product, plain) < 1e-13)
        #expect(abs(matrix.norm - plain.norm) < 1e-13)
        let other = Self.factored(r, 2, l, seed: 9)
        #expect(Self.difference(matrix.multiplied(by: other).product, plain.multiplied(by: other.product)) < 1e-12)
        #expect(abs(matrix.multiplied(by: other).trace - plain.multiplied(by: other.product).trace) < 1e-12)
        let bare = Self.random(r, 3, seed: 11)
        #expect(Self.difference(matrix.multiplied(by: bare).product, plain.multiplied(by: bare)) < 1e-12)
        // The narrower inner width is kept.
        #expect(matrix.multiplied(by: bare).left.columns == min(m, r))
        let (alone, values) = (try matrix.singularValuesAlone(), try matrix.singularValues().values)
        #expect(alone.count == m && zip(alone, values).allSatisfy { abs($0 - $1) < 1e-13 })
        let squares = try matrix.singularValues().values.reduce(0) { $0 + $1 * $1 }
        #expect(abs(squares.squareRoot() - matrix.norm) < 1e-13)
    }

    @Test func bothHalvesOfTheEvenOneAreAlike() throws {
        let even = try Self.factored(8, 3, 7).even()
        let (left, right) = (
            even.left.transposed.multiplied(by: even.left), even.right.multiplied(by: even.right.transposed)
        )
        #expect(Self.difference(left, right) < 1e-13)
    }

    /// A = [1 2; 3 4; 0 1], B = [1 0 1; 0 2 0]: B · A = [1 3; 6 8], whose eigenvalues are −1 and 10.
    @Test func eigenvaluesAreThoseOfTheInnerProduct() throws {
        let matrix = FactoredMatrix(
            Matrix(rows: 3, columns: 2, elements: [1, 2, 3, 4, 0, 1]),
            Matrix(rows: 2, columns: 3, elements: [1, 0, 1, 0, 2, 0]))
        let eigenvalues = try matrix.eigenvalues()
        #expect(abs(eigenvalues[0].real - 10) < 1e-13 && abs(eigenvalues[1].real + 1) < 1e-13)
        #expect(eigenvalues.allSatisfy { $0.imaginary == 0 })
        #expect(abs(matrix.trace - 9) < 1e-13)
        // They are those of the product as well, which has a third that is zero.
        let whole = try matrix.product.eigenvalues().map(\.real).sorted()
        #expect(zip(whole, [-1, 0, 10]).allSatisfy { abs($0 - $1) < 1e-13 })
    }

    @Test func eigenvaluesComeLargestFirstAndConjugatesTogether() throws {
        let eigenvalues = try Self.factored(12, 9, 12).eigenvalues()
        let magnitudes = eigenvalues.map { ($0.real * $0.real + $0.imaginary * $0.imaginary).squareRoot() }
        #expect(zip(magnitudes, magnitudes.dropFirst()).allSatisfy { $0 >= $1 - 1e-12 })
        var complex = eigenvalues.filter { $0.imaginary != 0 }[...]
        #expect(!complex.isEmpty, "these numbers give some")
        while let first = complex.popFirst() {
            let next = complex.popFirst()
            let second = try #require(next)
            #expect(first.real == second.real && first.imaginary == -second.imaginary && first.imaginary > 0)
        }
    }

    @Test func compositionTellsWhatReadsFromWhatDoesNot() {
        // Writes along the first of three axes; one reads along it, one along another.
        let writer = FactoredMatrix(
            Matrix(rows: 3, columns: 1, elements: [0, 2, 0]), Matrix(rows: 1, columns: 3, elements: [3, 0, 0]))
        let reader = FactoredMatrix(
            Matrix(rows: 3, columns: 1, elements: [5, 0, 0]), Matrix(rows: 1, columns: 3, elements: [1, 1, 1]))
        let stranger = FactoredMatrix(
            Matrix(rows: 3, columns: 1, elements: [0, 0, 5]), Matrix(rows: 1, columns: 3, elements: [1, 1, 1]))
        let half = FactoredMatrix(
            Matrix(rows: 3, columns: 1, elements: [1, 0, 1]), Matrix(rows: 1, columns: 3, elements: [1, 0, 0]))
        #expect(abs(writer.compositionScore(with: reader) - 1) < 1e-15)
        #expect(writer.compositionScore(with: stranger) == 0)
        #expect(abs(writer.compositionScore(with: half) - 0.5.squareRoot()) < 1e-15)
        let nothing = FactoredMatrix(Matrix(rows: 3, columns: 2), Matrix(rows: 2, columns: 3))
        #expect(writer.compositionScore(with: nothing) == 0 && nothing.compositionScore(with: reader) == 0)
    }
}
