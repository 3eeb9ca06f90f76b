internal import COpenBLAS

/// Every call of OpenBLAS. Operands are addressed by their strides, so that a head of `[batch, position, head, d_head]`
/// is multiplied where it lies.
enum BLAS {
    /// One operand: its first element, its leading dimension, and whether it is taken transposed.
    struct Operand {
        let pointer: UnsafePointer<Float>
        let stride: Int
        var isTransposed = false

        /// Without its first rows.
        func rows(from row: Int) -> Operand {
            Operand(pointer: pointer + (isTransposed ? row : row * stride), stride: stride, isTransposed: isTransposed)
        }
    }

    /// c[m, n] = alpha · a[m, k] · b[k, n] + beta · c.
    static func multiply(
        m: Int, n: Int, k: Int, alpha: Float = 1, _ a: Operand, _ b: Operand, beta: Float = 0,
        into c: UnsafeMutablePointer<Float>, stride: Int
    ) {
        guard m > 0, n > 0 else { return }
        Threads.blasIsSingleThreaded
        cblas_sgemm(
            CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
            Int32(m), Int32(n), Int32(k), alpha, a.pointer, Int32(a.stride), b.pointer, Int32(b.stride), beta, c,
            Int32(stride))
    }

    /// c[m, n] = a[m, k] · b[k, n] in float64, all three row by row.
    static func multiply(m: Int, n: Int, k: Int, _ a: [Double], _ b: [Double]) -> [Double] {
        guard m > 0, n > 0, k > 0 else { return Array(repeating: 0, count: m * n) }
        Threads.blasIsSingleThreaded
        return [Double](unsafeUninitializedCapacity: m * n) { c, count in
            cblas_dgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a, Int32(k), b, Int32(n), 0,
                c.baseAddress, Int32(n))
            count = m * n
        }
    }

    /// The name OpenBLAS gives to the processor it found.
    static var coreType: String { String(cString: openblas_get_corename()) }
}

extension Tensor {
    /// The matrix product of [m, k] and [k, n], either of them possibly a permuted view.
    public func matrixMultiplied(by other: Tensor) -> Tensor {
        precondition(rank == 2 && other.rank == 2 && shape[1] == other.shape[0], "\(shape) times \(other.shape)")
        let (a, b) = (asMatrix(), other.asMatrix())
        let result = Tensor(uninitialized: [shape[0], other.shape[1]])
        BLAS.multiply(
            m: shape[0], n: other.shape[1], k: shape[1], a.operand, b.operand, into: result.pointer,
            stride: other.shape[1])
        withExtendedLifetime((a.tensor, b.tensor)) {}
        return result
    }

    /// this + a · b, in place where this tensor is the one owner of its elements: [m, k] and [k, n], either of them possibly
    /// a permuted view.
    public mutating func add(_ a: Tensor, times b: Tensor, on crew: Crew = .solo) {
        precondition(
            rank == 2 && a.rank == 2 && b.rank == 2 && shape == [a.shape[0], b.shape[1]] && a.shape[1] == b.shape[0],
            "\(a.shape) times \(b.shape) is no \(shape)")
        makeUnique()
        let (a, b) = (a.asMatrix(), b.asMatrix())
        let (n, k) = (b.tensor.shape[1], b.tensor.shape[0])
        let box = UncheckedBox((a: a.operand, b: b.operand, c: pointer))
        crew.split(shape[0], atLeast: 16) { rows in
            let (a, b, c) = box.value
            BLAS.multiply(
                m: rows.count, n: n, k: k, a.rows(from: rows.lowerBound), b, beta: 1, into: c + rows.lowerBound * n,
                stride: n)
        }
        withExtendedLifetime((a.tensor, b.tensor)) {}
    }

    /// As OpenBLAS takes it: one of the two axes lies without gaps; otherwise a copy.
    private func asMatrix() -> (tensor: Tensor, operand: BLAS.Operand) {
        let strides = layout.strides
        if strides[1] == 1 || shape[1] == 1 {
            return (self, BLAS.Operand(pointer: pointer, stride: max(strides[0], shape[1], 1)))
        }
        if strides[0] == 1 {
            return (self, BLAS.Operand(pointer: pointer, stride: max(strides[1], shape[0], 1), isTransposed: true))
        }
        let copy = contiguous()
        return (copy, BLAS.Operand(pointer: copy.pointer, stride: max(shape[1], 1)))
    }
}

extension Matrix {
    /// The matrix product. - Precondition: `other` has as many rows as this has columns.
    public func multiplied(by other: Matrix) -> Matrix {
        precondition(columns == other.rows, "\(rows) × \(columns) times \(other.rows) × \(other.columns)")
        return Matrix(
            rows: rows, columns: other.columns,
            elements: BLAS.multiply(m: rows, n: other.columns, k: columns, elements, other.elements))
    }
}

/// What the machine computes with, for logs, benchmarks and `/v1/version`.
public enum ComputeDescription {
    /// The name OpenBLAS gives to the processor it found, for example `Haswell`.
    public static var openBLASCore: String { BLAS.coreType }
}
