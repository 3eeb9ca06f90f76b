public import HookedModels

/// Which position of a model is which patch of the picture. Positions before the first patch, such as the class token, are
/// its prefix.
public struct PatchLayout: Sendable, Equatable {
    /// Rows of patches.
    public let rows: Int
    /// Columns of patches.
    public let columns: Int
    /// Positions before the first patch.
    public let prefix: Int
    /// Whether the first position is a class token.
    public let hasClassToken: Bool

    /// - Precondition: at least one patch.
    public init(rows: Int, columns: Int, prefix: Int, hasClassToken: Bool) {
        precondition(rows > 0 && columns > 0 && prefix >= 0, "\(rows) × \(columns) patches after \(prefix)")
        self.rows = rows
        self.columns = columns
        self.prefix = prefix
        self.hasClassToken = hasClassToken
    }

    /// Of a model's pictures.
    public init(_ architecture: Architecture) {
        self.init(
            rows: architecture.grid.height, columns: architecture.grid.width, prefix: architecture.prefixTokens,
            hasClassToken: architecture.hasClassToken)
    }

    /// Patches.
    public var patches: Int { rows * columns }

    /// Prefix and patches.
    public var positions: Int { prefix + patches }

    /// The positions that are patches.
    public var patchPositions: Range<Int> { prefix..<positions }

    /// Row and column of a position; `nil` for one of the prefix.
    public func place(of position: Int) -> (row: Int, column: Int)? {
        let patch = position - prefix
        return patch < 0 ? nil : (patch / columns, patch % columns)
    }

    /// The position of a patch; `nil` outside the picture.
    public func position(row: Int, column: Int) -> Int? {
        guard (0..<rows).contains(row), (0..<columns).contains(column) else { return nil }
        return prefix + row * columns + column
    }

    /// What figures call a position: the class token `CLS`, what else stands before the patches by its position (`R1` is the
    /// first register after a class token), patches by their number among patches.
    public func name(of position: Int) -> String {
        if position >= prefix { return String(position - prefix) }
        return position == 0 && hasClassToken ? "CLS" : "R\(position)"
    }

    /// The corners' positions, each once.
    public var corners: [Int] {
        let all = [0, rows - 1].flatMap { row in [0, columns - 1].compactMap { position(row: row, column: $0) } }
        return Array(Set(all)).sorted()
    }

    /// The positions along the picture's border.
    public var border: [Int] {
        (prefix..<positions).filter { position in
            guard let place = place(of: position) else { return false }
            return place.row == 0 || place.row == rows - 1 || place.column == 0 || place.column == columns - 1
        }
    }
}
