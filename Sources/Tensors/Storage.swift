/// A run of float32 in memory, aligned to 64 bytes, that tensors share.
///
/// `@unchecked Sendable` because: the elements are written only through ``Tensor``, which writes only while it
/// holds the one reference to the storage (copy on write); a storage that two tensors share is read-only.
final class Storage: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int
    private let reclaim: (UnsafeMutablePointer<Float>, Int) -> Void

    /// Takes over memory that someone else allocated; `reclaim` gives it back.
    init(
        adopting pointer: UnsafeMutablePointer<Float>, count: Int,
        reclaim: @escaping @Sendable (UnsafeMutablePointer<Float>, Int) -> Void
    ) {
        self.pointer = pointer
        self.count = count
        self.reclaim = reclaim
    }

    /// Uninitialised memory for `count` elements, out of the arena where a block of that size waits.
    convenience init(uninitialized count: Int) {
        let block = Arena.shared.take(count)
        self.init(adopting: block, count: count) { Arena.shared.giveBack($0, count: $1) }
    }

    /// Lends out a run of the elements for writing. Only for the one owner: see the invariant above.
    func withMutableSpan<Result, Failure: Error>(
        from start: Int, count: Int, _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = MutableSpan(_unsafeStart: pointer + start, count: count)
        return try body(&span)
    }

    deinit { reclaim(pointer, count) }
}
