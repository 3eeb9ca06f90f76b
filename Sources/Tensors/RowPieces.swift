/// One tensor whose first axis was computed in pieces, by several threads, and never copied together.
///
/// A capture of every hook of a batch is a gigabyte; joining it would cost as much memory again.
public struct RowPieces: Sendable {
    /// At least one; all extents but the first agree.
    public let pieces: [Tensor]

    /// - Precondition: at least one piece; all extents but the first agree.
    public init(_ pieces: [Tensor]) {
        precondition(!pieces.isEmpty, "a tensor has at least one piece")
        let inner = pieces[0].shape.dropFirst()
        precondition(pieces.allSatisfy { $0.shape.dropFirst() == inner }, "\(pieces.map(\.shape)) do not join")
        self.pieces = pieces
    }

    /// Of the whole: the first extents added up.
    public var shape: [Int] {
        var shape = pieces[0].shape
        if !shape.isEmpty { shape[0] = pieces.reduce(0) { $0 + $1.shape[0] } }
        return shape
    }

    /// Elements of all pieces.
    public var count: Int { pieces.reduce(0) { $0 + $1.count } }

    /// Each row by itself, [1, ...], as a view of its piece.
    public var rows: [Tensor] { pieces.flatMap { piece in (0..<piece.shape[0]).map { piece.rows($0..<($0 + 1)) } } }

    /// All pieces as one tensor; a copy where there is more than one.
    public var joined: Tensor { pieces.count == 1 ? pieces[0] : Tensor.concatenated(pieces) }
}
