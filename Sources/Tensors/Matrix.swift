/// A matrix of float64, row by row: for weights that are taken apart, where float32 would not be enough.
public struct Matrix: Sendable, Equatable {
    /// Its height.
    public let rows: Int
    /// Its width.
    public let columns: Int
    /// Row by row.
    public private(set) var elements: [Double]

    /// - Precondition: as many elements as `rows · columns`.
    public init(rows: Int, columns: Int, elements: [Double]) {
        precondition(elements.count == rows * columns, "\(elements.count) elements do not fill \(rows) × \(columns)")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    /// All zeros.
    public init(rows: Int, columns: Int) {
        self.init(rows: rows, columns: columns, elements: Array(repeating: 0, count: rows * columns))
    }

    /// A tensor's elements, widened.
    /// - Precondition: two axes.
    public init(_ tensor: Tensor) {
        precondition(tensor.rank == 2, "a matrix has two axes, not \(tensor.shape)")
        let elements = tensor.withSpan { span in
            [Double](unsafeUninitializedCapacity: span.count) { buffer, count in
                for index in span.indices { buffer.initializeElement(at: index, to: Double(span[index])) }
                count = span.count
            }
        }
        self.init(rows: tensor.shape[0], columns: tensor.shape[1], elements: elements)
    }

    /// The elements rounded to float32: [rows, columns].
    public var tensor: Tensor { Tensor(shape: [rows, columns], elements: elements.map { Float($0) }) }

    /// One element.
    public subscript(row: Int, column: Int) -> Double {
        get { elements[row * columns + column] }
        _modify { yield &elements[row * columns + column] }
    }

    /// Rows as columns.
    public var transposed: Matrix {
        let turned = [Double](unsafeUninitializedCapacity: elements.count) { target, count in
            for row in 0..<rows {
                for column in 0..<columns {
                    target.initializeElement(at: column * rows + row, to: elements[row * columns + column])
                }
            }
            count = elements.count
        }
        return Matrix(rows: columns, columns: rows, elements: turned)
    }

    /// Some of the rows.
    public func rows(_ range: Range<Int>) -> Matrix {
        Matrix(
            rows: range.count, columns: columns,
            elements: Array(elements[(range.lowerBound * columns)..<(range.upperBound * columns)]))
    }

    /// Each column times a factor of its own. - Precondition: one factor a column.
    public func multiplyingColumns(by factors: [Double]) -> Matrix {
        precondition(factors.count == columns, "\(factors.count) factors for \(columns) columns")
        var result = self
        for index in elements.indices { result.elements[index] *= factors[index % columns] }
        return result
    }

    /// Filled up with columns of zeros, or cut, to a width.
    public func withColumns(_ count: Int) -> Matrix {
        if count == columns { return self }
        var result = Matrix(rows: rows, columns: count)
        for row in 0..<rows { for column in 0..<min(columns, count) { result[row, column] = self[row, column] } }
        return result
    }

    /// Whether no element is infinite or no number.
    public var isFinite: Bool { elements.allSatisfy(\.isFinite) }

    /// The root of the sum of the squares (Frobenius).
    public var norm: Double { elements.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    /// The sum of the diagonal.
    public var trace: Double { (0..<min(rows, columns)).reduce(0) { $0 + self[$1, $1] } }
}
