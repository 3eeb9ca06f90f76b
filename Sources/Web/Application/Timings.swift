import Synchronization

/// How long a request spent on what, for `Server-Timing`. A handler adds to it while it works.
public final class Timings: Sendable {
    /// What time is spent on.
    public enum Phase: String, Sendable, CaseIterable {
        /// Waiting for the compute lane.
        case queue = "queue"
        /// Reading the body, its documents and pictures.
        case decode = "decode"
        /// The model itself.
        case compute = "compute"
        /// Writing the answer.
        case encode = "encode"
    }

    private let durations = Mutex<[Phase: Duration]>([:])

    /// Nothing measured yet.
    public init() {}

    /// Adds to what the phase has taken so far.
    public func add(_ duration: Duration, to phase: Phase) {
        durations.withLock { $0[phase, default: .zero] += duration }
    }

    /// Does `body` and adds the time it took.
    public func measure<T, E: Error>(_ phase: Phase, _ body: () async throws(E) -> T) async throws(E) -> T {
        let start = ContinuousClock.now
        defer { add(ContinuousClock.now - start, to: phase) }
        return try await body()
    }

    /// The total of a phase; `nil` when it never came.
    public subscript(_ phase: Phase) -> Duration? { durations.withLock { $0[phase] } }

    /// The field's value, milliseconds to three places: `queue;dur=0.031, compute;dur=42.125`.
    public var field: String {
        let durations = durations.withLock { $0 }
        return Phase.allCases.compactMap { phase in
            durations[phase].map { "\(phase.rawValue);dur=\($0.milliseconds)" }
        }.joined(separator: ", ")
    }
}

extension Duration {
    /// With three decimals.
    var milliseconds: String {
        let microseconds = max(0, components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000)
        let fraction = String(microseconds % 1_000)
        return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
