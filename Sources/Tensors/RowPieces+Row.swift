extension RowPieces {
    /// One row, as a view with a first axis of 1. - Precondition: it is there.
    public func row(_ index: Int) -> Tensor {
        var rest = index
        for piece in pieces {
            if rest < piece.shape[0] { return piece.rows(rest..<(rest + 1)) }
            rest -= piece.shape[0]
        }
        preconditionFailure("row \(index) of \(shape)")
    }
}
