/// What a scheduler has done since it was made.
public struct SchedulerMetrics: Sendable, Equatable {
    /// Items queued now.
    public var depth = 0
    /// Items in the batch that runs now.
    public var running = 0
    /// Items accepted into the queue.
    public var submitted = 0
    /// Items whose result reached their caller.
    public var completed = 0
    /// Those among them that failed.
    public var failed = 0
    /// Items that were refused because the queue was full or closed.
    public var refused = 0
    /// Items whose deadline passed.
    public var expired = 0
    /// Items whose caller went away.
    public var cancelled = 0
    /// Batches run.
    public var batches = 0
    /// Rows in them.
    public var rows = 0
    /// Batches by rows: entry i counts those with at most 2^i rows and more than 2^(i−1).
    public var batchRows: [Int] = []
    /// Seconds that batches computed.
    public var computeSeconds = 0.0
    /// Seconds that their items waited before.
    public var queueSeconds = 0.0

    mutating func ran(rows: Int, seconds: Double, waited: Double) {
        batches += 1
        self.rows += rows
        computeSeconds += seconds
        queueSeconds += waited
        let bucket = Int.bitWidth - (rows - 1).leadingZeroBitCount
        while batchRows.count <= bucket { batchRows.append(0) }
        batchRows[bucket] += 1
    }
}

extension Duration {
    /// In seconds.
    public var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
