internal import COpenBLAS

/// Why a matrix cannot be taken apart.
public enum DecompositionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It has elements that are infinite or no numbers, with which LAPACK need not come to an end.
    case notFinite
    /// LAPACK gave up.
    case notConverged

    /// A clause about the matrix.
    public var description: String {
        switch self {
        case .notFinite: "not all of its elements are finite"
        case .notConverged: "its decomposition does not converge"
        }
    }
}

/// Every call of LAPACK. A matrix of rows is, to LAPACK, the transpose of one of columns, and is handed over as such.
enum LAPACK {
    /// A = U · diag(S) · Vᵀ, without the parts that meet no singular value: U [m, k], S [k], and Vᵀ [k, n].
    static func singularValues(of matrix: Matrix) throws(DecompositionError) -> (u: Matrix, s: [Double], vt: Matrix) {
        guard matrix.isFinite else { throw .notFinite }
        let (m, n) = (matrix.rows, matrix.columns)
        let k = min(m, n)
        var (a, s) = (matrix.elements, [Double](repeating: 0, count: k))
        var (left, right) = ([Double](repeating: 0, count: m * k), [Double](repeating: 0, count: k * n))
        guard k > 0 else { return (Matrix(rows: m, columns: 0), [], Matrix(rows: 0, columns: n)) }
        // Aᵀ = V · diag(S) · Uᵀ: what LAPACK calls U is, row by row, our Vᵀ, and the other way round.
        let (height, width, least) = (Int32(n), Int32(m), Int32(k))
        var integers = [Int32](repeating: 0, count: 8 * k)
        let info = withWork { (work, length, info) in
            dgesdd_(
                "S", [height], [width], &a, [height], &s, &right, [height], &left, [least], work, length, &integers,
                info, 1)
        }
        guard info == 0 else { throw .notConverged }
        return (
            Matrix(rows: m, columns: k, elements: left), s, Matrix(rows: k, columns: n, elements: right)
        )
    }

    /// S alone, for a fifth of the work.
    static func singularValuesAlone(of matrix: Matrix) throws(DecompositionError) -> [Double] {
        guard matrix.isFinite else { throw .notFinite }
        let (height, width) = (Int32(matrix.columns), Int32(matrix.rows))
        let k = min(matrix.rows, matrix.columns)
        guard k > 0 else { return [] }
        var (a, s) = (matrix.elements, [Double](repeating: 0, count: k))
        var (left, right) = ([0.0], [0.0])
        var integers = [Int32](repeating: 0, count: 8 * k)
        let info = withWork { (work, length, info) in
            dgesdd_(
                "N", [height], [width], &a, [height], &s, &right, [1], &left, [1], work, length, &integers, info, 1)
        }
        guard info == 0 else { throw .notConverged }
        return s
    }

    /// The eigenvalues of a square matrix, of a pair of conjugates the one with the positive imaginary part first.
    static func eigenvalues(of matrix: Matrix) throws(DecompositionError) -> [(real: Double, imaginary: Double)] {
        precondition(matrix.rows == matrix.columns, "\(matrix.rows) × \(matrix.columns) has no eigenvalues")
        guard matrix.isFinite else { throw .notFinite }
        guard matrix.rows > 0 else { return [] }
        var a = matrix.elements
        var real = [Double](repeating: 0, count: matrix.rows)
        var (imaginary, none) = (real, [0.0])
        var unused = none
        let order = Int32(matrix.rows)
        let info = withWork { (work, length, info) in
            dgeev_(
                "N", "N", [order], &a, [order], &real, &imaginary, &none, [1], &unused, [1], work, length, info, 1, 1)
        }
        guard info == 0 else { throw .notConverged }
        return zip(real, imaginary).map { ($0, $1) }
    }

    /// R [min(m, n), n] of A = Q · R, which has A's norms and AᵀA.
    static func triangle(of matrix: Matrix) -> Matrix {
        let (m, n) = (matrix.rows, matrix.columns)
        let k = min(m, n)
        guard k > 0 else { return Matrix(rows: 0, columns: n) }
        // Aᵀ = L · Qᵀ with L = Rᵀ: the columns of L are the rows of R.
        var (a, tau) = (matrix.elements, [Double](repeating: 0, count: k))
        let info = withWork { (work, length, info) in
            dgelqf_([Int32(n)], [Int32(m)], &a, [Int32(n)], &tau, work, length, info)
        }
        precondition(info == 0, "LAPACK refused a factorisation: \(info)")
        var result = Matrix(rows: k, columns: n, elements: Array(a[..<(k * n)]))
        for row in 0..<k { for column in 0..<row { result[row, column] = 0 } }
        return result
    }

    /// Calls twice: first for the length of the memory that is needed, then with it.
    private static func withWork(
        _ body: (UnsafeMutablePointer<Double>, UnsafePointer<Int32>, UnsafeMutablePointer<Int32>) -> Void
    ) -> Int32 {
        Threads.blasIsSingleThreaded
        var (need, length, info) = (0.0, Int32(-1), Int32(0))
        body(&need, &length, &info)
        guard info == 0 else { return info }
        length = Int32(need)
        var work = [Double](repeating: 0, count: max(1, Int(length)))
        body(&work, &length, &info)
        return info
    }
}
