import ServiceTesting
import Testing

@testable import Tensors

@Suite struct MatrixTests {
    private static func random(_ rows: Int, _ columns: Int, seed: UInt64 = 3) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        let elements = generator.floats(rows * columns).map { Double($0) }
        return Matrix(rows: rows, columns: columns, elements: elements)
    }

    private static func difference(_ a: Matrix, _ b: Matrix) -> Double {
        guard a.rows == b.rows, a.columns == b.columns else { return .infinity }
        return zip(a.elements, b.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    private static func identity(_ count: Int) -> Matrix {
        var result = Matrix(rows: count, columns: count)
        for index in 0..<count { result[index, index] = 1 }
        return result
    }

    @Test func productsAndTransposesAreThoseOfTheDefinition() {
        let (a, b) = (Self.random(3, 5), Self.random(5, 2, seed: 4))
        let product = a.multiplied(by: b)
        for row in 0..<3 {
            for column in 0..<2 {
                let sum = (0..<5).reduce(0) { $0 + a[row, $1] * b[$1, column] }
                #expect(abs(product[row, column] - sum) < 1e-14)
            }
        }
        let turned = b.transposed.multiplied(by: a.transposed)
        #expect(Self.difference(product.transposed, turned) < 1e-14)
        #expect(a.rows(1..<3).elements == Array(a.elements[5...]))
        #expect(
            Matrix(rows: 2, columns: 0).multiplied(by: Matrix(rows: 0, columns: 3)).elements
                == Array(repeating: 0, count: 6))
        #expect(a.withColumns(2).withColumns(4).elements.count == 12)
        #expect(a.withColumns(7)[2, 4] == a[2, 4] && a.withColumns(7)[2, 6] == 0)
        #expect(Matrix(a.tensor) == a, "drawn as float32")
    }

    @Test(arguments: [(1, 1), (7, 4), (4, 7), (6, 6), (40, 3), (2, 0)])
    func aMatrixIsTheProductOfItsSingularValues(_ rows: Int, _ columns: Int) throws {
        let matrix = Self.random(rows, columns)
        let parts = try matrix.singularValues()
        let least = min(rows, columns)
        #expect(parts.values.count == least && parts.values == parts.values.sorted(by: >))
        #expect(parts.values.allSatisfy { $0 >= 0 })
        let alone = try matrix.singularValuesAlone()
        #expect(alone.count == least && zip(alone, parts.values).allSatisfy { abs($0 - $1) < 1e-13 })
        let back = parts.u.multiplyingColumns(by: parts.values).multiplied(by: parts.v.transposed)
        #expect(Self.difference(back, matrix) < 1e-13)
        for half in [parts.u, parts.v] {
            #expect(Self.difference(half.transposed.multiplied(by: half), Self.identity(least)) < 1e-13)
        }
        #expect(abs(parts.values.reduce(0) { $0 + $1 * $1 }.squareRoot() - matrix.norm) < 1e-13)
    }

    @Test func singularValuesOfAKnownMatrixAreKnown() throws {
        // [[3, 0], [4, 5]]: the singular values are √45 and √5.
        let parts = try Matrix(rows: 2, columns: 2, elements: [3, 0, 4, 5]).singularValues()
        #expect(abs(parts.values[0] - 45.0.squareRoot()) < 1e-14)
        #expect(abs(parts.values[1] - 5.0.squareRoot()) < 1e-14)
        // u · vᵀ has one, the product of the lengths.
        let outer = Matrix(rows: 3, columns: 2, elements: [2, 4, 1, 2, 2, 4])
        let values = try outer.singularValues().values
        #expect(abs(values[0] - (9.0 * 5).squareRoot()) < 1e-14 && values[1] < 1e-14)
    }

    /// Of A · B without A · B; where the inner width is the largest, the values beyond the outer ones are zero.
    @Test(arguments: [(9, 3, 8), (3, 5, 4), (5, 5, 5), (2, 6, 30)])
    func aProductIsTakenApartThroughItsInnerWidth(_ l: Int, _ m: Int, _ r: Int) throws {
        let (a, b) = (Self.random(l, m), Self.random(m, r, seed: 8))
        let parts = try Matrix.singularValues(of: a, times: b)
        let product = a.multiplied(by: b)
        #expect(parts.values.count == m && parts.u.columns == m && parts.v.columns == m)
        let back = parts.u.multiplyingColumns(by: parts.values).multiplied(by: parts.v.transposed)
        #expect(Self.difference(back, product) < 1e-13)
        let direct = try product.singularValues().values
        for (index, value) in parts.values.enumerated() {
            #expect(abs(value - (index < direct.count ? direct[index] : 0)) < 1e-13)
        }
    }

    @Test func eigenvaluesOfKnownMatricesAreKnown() throws {
        // A turn by 60° and a stretch by 2: 1 ± i√3. A triangle has its diagonal.
        let turn = Matrix(rows: 2, columns: 2, elements: [1, -3.0.squareRoot(), 3.0.squareRoot(), 1])
        let pair = try turn.eigenvalues()
        #expect(pair.allSatisfy { abs($0.real - 1) < 1e-14 })
        #expect(abs(pair[0].imaginary - 3.0.squareRoot()) < 1e-14)
        #expect(abs(pair[1].imaginary + 3.0.squareRoot()) < 1e-14)
        let triangle = Matrix(rows: 3, columns: 3, elements: [2, 7, 1, 0, -1, 5, 0, 0, 4])
        #expect(try triangle.eigenvalues().map(\.real).sorted() == [-1, 2, 4])
        #expect(triangle.trace == 5)
        #expect(try Matrix(rows: 0, columns: 0).eigenvalues().isEmpty)
    }

    @Test(arguments: [(7, 4), (4, 7), (5, 5), (3, 1), (0, 2)])
    func theTriangleHasTheMatrixsLengths(_ rows: Int, _ columns: Int) {
        let matrix = Self.random(rows, columns)
        let triangle = matrix.triangle()
        #expect(triangle.rows == min(rows, columns) && triangle.columns == columns)
        for row in 0..<triangle.rows { for column in 0..<row { #expect(triangle[row, column] == 0) } }
        let (own, its) = (triangle.transposed.multiplied(by: triangle), matrix.transposed.multiplied(by: matrix))
        #expect(Self.difference(own, its) < 1e-13)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func whatIsNotFiniteIsRefused(_ value: Double) {
        var matrix = Self.random(4, 4)
        matrix[1, 2] = value
        #expect(!matrix.isFinite)
        #expect(throws: DecompositionError.notFinite) { try matrix.singularValues() }
        #expect(throws: DecompositionError.notFinite) { try matrix.singularValuesAlone() }
        #expect(throws: DecompositionError.notFinite) { try matrix.eigenvalues() }
        #expect(throws: DecompositionError.notFinite) {
            try Matrix.singularValues(of: Self.random(4, 4), times: matrix)
        }
    }
}
