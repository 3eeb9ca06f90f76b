public import Tensors

/// What a forward pass gives one request. First axes are the inputs, in the order given.
public struct ForwardResult: Sendable {
    /// [input] + ``Architecture/outputShape``; `nil` where the plan stops early.
    public let output: RowPieces?
    /// What the plan asked for, in the order of firing.
    public let captures: [(name: String, values: RowPieces)]

    /// - Parameter output: `nil` where there is none.
    public init(output: RowPieces?, captures: [(name: String, values: RowPieces)]) {
        self.output = output
        self.captures = captures
    }
}
