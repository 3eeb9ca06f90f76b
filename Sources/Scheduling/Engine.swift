/// One thread of our own on which everything that computes for long is run, one thing after another.
///
/// The thread has a large stack, because deep graphs recurse, and because BLAS keeps its buffers there. Whoever has
/// an engine knows that two pieces of work given to it never overlap.
public final class Engine: Sendable {
    private let thread: OwnThreads

    /// - Parameter stackSize: of the thread, in bytes.
    public init(name: String = "engine", stackSize: Int = 64 << 20) {
        thread = OwnThreads(name: name, count: 1, stackSize: stackSize)
    }

    /// Runs `job` after all that was given before.
    public func enqueue(_ job: @escaping @Sendable () -> Void) { thread.enqueue(job) }

    /// Runs `body` on the engine's thread and gives its result. What was begun is finished, cancelled or not.
    public func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            enqueue { continuation.resume(with: Result { try body() }) }
        }
    }
}
