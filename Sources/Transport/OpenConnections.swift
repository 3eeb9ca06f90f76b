import Synchronization

/// How many connections there are and were, over all queues.
final class OpenConnections: Sendable {
    private let value = Atomic(0)
    private let total = Atomic(0)
    private let turnedAway = Atomic(0)

    var count: Int { value.load(ordering: .relaxed) }

    /// Taken since the start.
    var accepted: Int { total.load(ordering: .relaxed) }

    /// Turned away since the start.
    var refused: Int { turnedAway.load(ordering: .relaxed) }

    func add() {
        value.add(1, ordering: .relaxed)
        total.add(1, ordering: .relaxed)
    }

    func remove() { value.subtract(1, ordering: .relaxed) }

    func refuse() { turnedAway.add(1, ordering: .relaxed) }
}
