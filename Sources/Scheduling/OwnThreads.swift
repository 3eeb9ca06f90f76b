import Foundation
import Synchronization

/// A few threads of our own that take closures from one queue, in order.
///
/// Work that blocks or computes for long must not sit on Swift's cooperative pool, which has one thread a core and
/// would keep every other task waiting. Stopping lets queued closures finish first.
final class OwnThreads: Sendable {
    private let queue = JobQueue()

    /// - Parameters:
    ///   - name: of the threads, as a debugger shows it.
    ///   - stackSize: in bytes.
    init(name: String, count: Int, stackSize: Int) {
        precondition(count > 0, "at least one thread")
        for index in 0..<count {
            let queue = queue  // the thread keeps the queue, not its owner, so that the owner's end can stop it
            let thread = Thread {
                while let job = queue.next() { job() }
            }
            thread.name = count == 1 ? name : "\(name)-\(index)"
            thread.stackSize = stackSize
            thread.start()
        }
    }

    deinit { queue.close() }

    /// Runs `job` on one of the threads, some time soon.
    func enqueue(_ job: @escaping @Sendable () -> Void) { queue.append(job) }
}

/// A queue that a thread can wait on.
private final class JobQueue: Sendable {
    fileprivate struct State {
        var jobs: [@Sendable () -> Void] = []
        var first = 0
        var isClosed = false
    }

    // The semaphore counts jobs that wait, plus one for good once the queue is closed.
    private let available = DispatchSemaphore(value: 0)
    private let state = Mutex(State())

    func append(_ job: @escaping @Sendable () -> Void) {
        state.withLock { $0.jobs.append(job) }
        available.signal()
    }

    func close() {
        state.withLock { $0.isClosed = true }
        available.signal()
    }

    /// The next job; `nil` once the queue is closed and empty.
    func next() -> (@Sendable () -> Void)? {
        while true {
            available.wait()
            let (job, isClosed) = state.withLock { ($0.pop(), $0.isClosed) }
            if let job { return job }
            if isClosed {
                available.signal()  // for the next thread that waits
                return nil
            }
        }
    }
}

extension JobQueue.State {
    /// Amortised constant time: taken places are cleared out once they are the greater half.
    fileprivate mutating func pop() -> (@Sendable () -> Void)? {
        guard first < jobs.count else { return nil }
        let job = jobs[first]
        first += 1
        if first * 2 > jobs.count {
            jobs.removeFirst(first)
            first = 0
        }
        return job
    }
}
