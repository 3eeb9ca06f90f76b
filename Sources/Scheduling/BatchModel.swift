/// What a compute lane runs. It blocks the engine's thread as long as it computes.
public protocol BatchModel: Sendable {
    associatedtype Work: Sendable
    associatedtype Output: Sendable
    /// Tells which pieces of work can be computed together.
    associatedtype Key: Hashable & Sendable

    /// Computes a batch: one result for each piece of work, in order. A piece that fails fails alone.
    func run(_ batch: [Work]) -> [Result<Output, any Error>]
}

/// What became of a piece of work, and what it took.
public struct Completion<Output: Sendable>: Sendable {
    /// What the model made of it.
    public var output: Output
    /// Time between submission and the beginning of its batch.
    public var queued: Duration
    /// Time that its batch computed.
    public var computed: Duration
    /// Rows in its batch, others' included.
    public var batchRows: Int
}
