/// Who goes first. All interactive work goes before any batch work; within one priority, first come, first served.
public enum Priority: Int, Sendable, CaseIterable {
    /// Somebody waits for the answer.
    case interactive
    /// Sweeps and jobs, which take what is left.
    case batch
}
