internal import Synchronization

/// An iterator that tasks and threads take from in turn.
///
/// `@unchecked Sendable` because: the iterator is reached only under the lock.
final class PieceSource: @unchecked Sendable {
    private let lock = Mutex(())
    private let iterator: AnyIterator<[UInt8]>

    init(_ iterator: AnyIterator<[UInt8]>) { self.iterator = iterator }

    func next() -> [UInt8]? { lock.withLock { _ in iterator.next() } }
}
