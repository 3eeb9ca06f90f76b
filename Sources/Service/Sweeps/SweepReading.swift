internal import Interpretability
internal import Tensors
internal import TextNumbers

/// A sweep that is being run: places in row-major order of its result, each one changed copy of a known run.
protocol SweepReading: Sendable {
    var engine: SweepEngine { get }
    /// How many places.
    var count: Int { get }
    func row(_ place: Int) -> SweepEngine.Row
    /// What the changed run's output is boiled down to.
    func outcome(_ output: Tensor, at place: Int) -> SweepOutcome
    /// The line of one place.
    func members(_ place: Int, _ outcome: SweepOutcome) -> [JSONMember]
}
