internal import Synchronization

/// Does one thing after the other, in the order in which they were asked for. What has begun goes on even where nobody
/// waits for it any more.
final class InTurn: Sendable {
    private let last = Mutex<Task<Void, Never>?>(nil)

    func run<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
        let task = last.withLock { last in
            let before = last
            let task = Task {
                await before?.value
                return await body()
            }
            last = Task { _ = await task.value }
            return task
        }
        return await task.value
    }
}
