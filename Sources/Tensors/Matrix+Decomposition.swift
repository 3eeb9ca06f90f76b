/// A = U · diag(values) · Vᵀ.
public struct SingularValues: Sendable {
    /// [m, k], orthonormal columns.
    public let u: Matrix
    /// Falling, k of them.
    public let values: [Double]
    /// [n, k], orthonormal columns: V itself, not transposed.
    public let v: Matrix
}

extension Matrix {
    /// The singular value decomposition, k = min(m, n).
    public func singularValues() throws(DecompositionError) -> SingularValues {
        let (u, s, vt) = try LAPACK.singularValues(of: self)
        return SingularValues(u: u, values: s, v: vt.transposed)
    }

    /// The singular values without the vectors, min(rows, columns) of them.
    public func singularValuesAlone() throws(DecompositionError) -> [Double] {
        try LAPACK.singularValuesAlone(of: self)
    }

    /// The decomposition of a product A [l, m] · B [m, r] whose inner width is small, without the product: A's and B's
    /// are brought together in a matrix of the inner width. There are m values, and columns, whatever the outer widths.
    public static func singularValues(of a: Matrix, times b: Matrix) throws(DecompositionError) -> SingularValues {
        precondition(a.columns == b.rows, "\(a.rows) × \(a.columns) times \(b.rows) × \(b.columns)")
        let (left, right) = (try LAPACK.singularValues(of: a), try LAPACK.singularValues(of: b))
        let middle = left.vt.multiplied(by: right.u)
        var scaled = middle.multiplyingColumns(by: right.s)
        for row in 0..<scaled.rows {
            for column in 0..<scaled.columns { scaled[row, column] *= left.s[row] }
        }
        let (u, s, vt) = try LAPACK.singularValues(of: scaled)
        let inner = a.columns
        return SingularValues(
            u: left.u.multiplied(by: u).withColumns(inner),
            values: s + Array(repeating: 0, count: inner - s.count),
            v: vt.multiplied(by: right.vt).transposed.withColumns(inner))
    }

    /// The eigenvalues of a square matrix, in no order; conjugates stand together.
    public func eigenvalues() throws(DecompositionError) -> [(real: Double, imaginary: Double)] {
        try LAPACK.eigenvalues(of: self)
    }

    /// R [min(rows, columns), columns] of this matrix' factorisation Q · R: as long as itself, whatever it multiplies.
    public func triangle() -> Matrix { LAPACK.triangle(of: self) }
}
