import Synchronization

/// How many connections are open, over all queues.
final class OpenConnections: Sendable {
    private let value = Atomic(0)

    var count: Int { value.load(ordering: .relaxed) }

    func add() { value.add(1, ordering: .relaxed) }

    func remove() { value.subtract(1, ordering: .relaxed) }
}
