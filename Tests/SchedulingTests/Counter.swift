import Synchronization

/// A number that several threads count on.
final class Counter: Sendable {
    private let number = Atomic(0)

    var value: Int { number.load(ordering: .sequentiallyConsistent) }

    /// Adds and gives the new value.
    @discardableResult
    func add(_ difference: Int = 1) -> Int { number.add(difference, ordering: .sequentiallyConsistent).newValue }
}
