/// What one cell of a sweep gave.
public struct SweepOutcome: Sendable, Equatable {
    /// The metric of the changed run.
    public let metric: Double
    /// The class that the changed run says.
    public let answer: Int

    /// A metric and a class.
    public init(metric: Double, answer: Int) {
        self.metric = metric
        self.answer = answer
    }
}

/// Two runs between which a patching sweep moves.
public struct SweepBaselines: Sendable {
    /// Of the run that the activations are taken from when clean is patched into corrupt.
    public let clean: SweepOutcome
    /// Of the other run.
    public let corrupt: SweepOutcome

    /// Both runs.
    public init(clean: SweepOutcome, corrupt: SweepOutcome) {
        self.clean = clean
        self.corrupt = corrupt
    }

    /// 0 where a metric is the corrupt run's, 1 where it is the clean one's: (metric − corrupt)/(clean − corrupt). Not finite
    /// where both runs give the same.
    public func normalised(_ metric: Double) -> Double {
        (metric - corrupt.metric) / (clean.metric - corrupt.metric)
    }
}
