public import Tensors

/// A product A [l, m] · B [m, r] that is never multiplied out: what a head does to the stream is d_model × d_model, but of a
/// rank that d_head bounds (Elhage et al. 2021, transformer-circuits.pub/2021/framework). Rows are multiplied from the
/// left: x · A · B.
public struct FactoredMatrix: Sendable, Equatable {
    /// A: [l, m].
    public let left: Matrix
    /// B: [m, r].
    public let right: Matrix

    /// - Precondition: A has as many columns as B has rows.
    public init(_ left: Matrix, _ right: Matrix) {
        precondition(left.columns == right.rows, "inner widths \(left.columns) and \(right.rows) differ")
        self.left = left
        self.right = right
    }

    /// A · B: [l, r].
    public var product: Matrix { left.multiplied(by: right) }

    /// Bᵀ · Aᵀ.
    public var transposed: FactoredMatrix { FactoredMatrix(right.transposed, left.transposed) }

    /// This, then `matrix` [r, s]; the narrower of the two inner widths is kept.
    public func multiplied(by matrix: Matrix) -> FactoredMatrix {
        right.columns > left.columns
            ? FactoredMatrix(left, right.multiplied(by: matrix)) : FactoredMatrix(product, matrix)
    }

    /// This, then `other`.
    public func multiplied(by other: FactoredMatrix) -> FactoredMatrix {
        multiplied(by: other.left).multiplied(by: other.right)
    }

    /// A · B = U · diag(values) · Vᵀ with as many values as the inner width.
    public func singularValues() throws(DecompositionError) -> SingularValues {
        try Matrix.singularValues(of: left, times: right)
    }

    /// The same without U and V: those of a matrix of the inner width, the product of what the factors' Q · R leave.
    public func singularValuesAlone() throws(DecompositionError) -> [Double] {
        let middle = left.triangle().multiplied(by: right.transposed.triangle().transposed)
        let values = try middle.singularValuesAlone()
        return values + Array(repeating: 0, count: left.columns - values.count)
    }

    /// U · √S and √S · Vᵀ: the same product, its two halves alike.
    public func even() throws(DecompositionError) -> FactoredMatrix {
        let parts = try singularValues()
        let roots = parts.values.map { $0.squareRoot() }
        return FactoredMatrix(
            parts.u.multiplyingColumns(by: roots), parts.v.multiplyingColumns(by: roots).transposed)
    }

    /// Of B · A, which are those of A · B but for zeros: as many as the inner width, the largest magnitude first, of a pair of
    /// conjugates the one with the positive imaginary part first. - Precondition: l = r.
    public func eigenvalues() throws(DecompositionError) -> [(real: Double, imaginary: Double)] {
        precondition(left.rows == right.columns, "\(left.rows) × \(right.columns) has no eigenvalues")
        return try right.multiplied(by: left).eigenvalues().sorted { a, b in
            let (first, second) = (a.real.magnitude(with: a.imaginary), b.real.magnitude(with: b.imaginary))
            return (first, a.real, a.imaginary) > (second, b.real, b.imaginary)
        }
    }

    /// √(Σ of the squares of A · B).
    public var norm: Double { left.triangle().multiplied(by: right).norm }

    /// The sum of the diagonal of A · B. - Precondition: l = r.
    public var trace: Double { right.multiplied(by: left).trace }

    /// ‖this · other‖ / (‖this‖ · ‖other‖): how much of what the one writes the other reads, from 0 to 1. 0 where either is
    /// zero.
    public func compositionScore(with other: FactoredMatrix) -> Double {
        let lengths = norm * other.norm
        return lengths > 0 ? multiplied(by: other).norm / lengths : 0
    }
}

extension Double {
    /// |self + i · imaginary|, without overflow on the way.
    func magnitude(with imaginary: Double) -> Double {
        let largest = Swift.max(magnitude, imaginary.magnitude)
        guard largest > 0 else { return 0 }
        let (x, y) = (self / largest, imaginary / largest)
        return largest * (x * x + y * y).squareRoot()
    }
}
