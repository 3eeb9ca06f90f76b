/// Why a well-typed value cannot be taken.
public struct Mismatch: Error, Sendable, Equatable {
    /// A clause without a full stop: what was wrong, what was expected.
    public var detail: String
    /// Makes a mismatch of its words.
    public init(_ detail: String) { self.detail = detail }
}
