internal import CVectorKernels
import Dispatch
import Foundation
import Synchronization

/// A few threads that compute the parts of one loop together with the thread that asks.
///
/// A forward pass forks and joins some hundred times, a few hundred microseconds apart, so a worker that has finished
/// spins for a moment before it sleeps: a fork then costs about a microsecond instead of a wake-up. One caller leads at
/// a time; anyone else who asks meanwhile, a part that asks again included, computes all parts itself.
public final class Crew: Sendable {
    /// Threads that compute, the caller's included.
    public let width: Int
    private let workers: [Worker]
    private let isLed = Atomic(false)

    /// One thread: every loop runs in the caller.
    public static let solo = Crew(width: 1)

    /// Starts width − 1 threads, which end with the crew.
    public init(width: Int) {
        precondition(width > 0, "a crew has at least the caller")
        self.width = width
        workers = (1..<width).map { Worker(name: "prisma.crew.\($0)") }
    }

    deinit { for worker in workers { worker.dismiss() } }

    /// Whether a loop that starts now would be shared.
    public var isFree: Bool { width > 1 && !isLed.load(ordering: .relaxed) }

    /// Runs `body` for each part `0..<count`, on as many threads as there are, and returns when all have ended.
    public func run(_ count: Int, _ body: (Int) -> Void) {
        guard count > 1, width > 1,
            isLed.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
        else {
            for part in 0..<count { body(part) }
            return
        }
        defer { isLed.store(false, ordering: .releasing) }
        withoutActuallyEscaping(body) { body in
            let shared = PartLoop(count: count, body: body)
            let helpers = workers.prefix(count - 1)
            for worker in helpers { worker.start(shared) }
            shared.work()
            for worker in helpers { worker.finish() }
        }
    }

    /// What `body` gives for each part `0..<count`, in order, computed on as many threads as there are.
    public func collect<Part: Sendable>(_ count: Int, _ body: (Int) -> Part) -> [Part] {
        let parts = Mutex<[Part?]>(Array(repeating: nil, count: count))
        run(count) { part in
            let made = body(part)
            parts.withLock { $0[part] = made }
        }
        return parts.withLock { $0 }.compactMap { $0 }
    }

    /// Cuts `0..<count` into one contiguous range a thread and runs `body` on each.
    /// - Parameter least: how many elements a range has at least, so that small loops stay whole.
    public func split(_ count: Int, atLeast least: Int = 1, _ body: (Range<Int>) -> Void) {
        let parts = isFree ? min(width, count / max(least, 1)) : 1
        guard parts > 1 else { return body(0..<count) }
        run(parts) { part in body((count * part / parts)..<(count * (part + 1) / parts)) }
    }
}

/// The parts of one loop, handed out one by one.
///
/// `@unchecked Sendable` because: `body` is called only until ``Crew/run(_:_:)`` returns, by threads that it waits for.
private final class PartLoop: @unchecked Sendable {
    private let count: Int
    private let body: (Int) -> Void
    private let next = Atomic(0)

    init(count: Int, body: @escaping (Int) -> Void) {
        self.count = count
        self.body = body
    }

    func work() {
        while true {
            let part = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard part < count else { return }
            body(part)
        }
    }
}

/// One thread of a crew.
private final class Worker: Sendable {
    /// What the thread and its leader exchange. The leader writes `loop` before it raises `ordered` (releasing) and
    /// clears it after `done` has caught up (acquiring); the thread reads it in between.
    private final class Desk: @unchecked Sendable {
        let ordered = Atomic(0)
        let done = Atomic(0)
        let isAsleep = Atomic(false)
        let wake = DispatchSemaphore(value: 0)
        let isDismissed = Atomic(false)
        var loop: PartLoop?
    }

    private let desk = Desk()

    init(name: String) {
        let desk = desk
        let thread = Thread { Worker.serve(desk) }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }

    func start(_ loop: PartLoop) {
        desk.loop = loop
        desk.ordered.wrappingAdd(1, ordering: .sequentiallyConsistent)
        if desk.isAsleep.exchange(false, ordering: .sequentiallyConsistent) { desk.wake.signal() }
    }

    func finish() {
        let wanted = desk.ordered.load(ordering: .relaxed)
        var spins = 0
        while desk.done.load(ordering: .acquiring) != wanted { Worker.pause(&spins) }
        desk.loop = nil
    }

    func dismiss() {
        desk.isDismissed.store(true, ordering: .releasing)
        desk.ordered.wrappingAdd(1, ordering: .sequentiallyConsistent)
        if desk.isAsleep.exchange(false, ordering: .sequentiallyConsistent) { desk.wake.signal() }
    }

    /// About 0.2 ms of spinning before the thread sleeps.
    private static let patience = 4_000

    private static func serve(_ desk: Desk) {
        var seen = 0
        while true {
            var spins = 0
            while desk.ordered.load(ordering: .acquiring) == seen {
                spins += 1
                prisma_spin_pause()
                if spins >= patience { sleep(desk, seen) }
            }
            seen += 1
            if desk.isDismissed.load(ordering: .acquiring) { return }
            desk.loop?.work()
            desk.done.store(seen, ordering: .releasing)
        }
    }

    /// Sleeps until an order comes. The flag goes up before the order is looked for again, and whoever takes it down
    /// owes or has given a signal, so none is lost.
    private static func sleep(_ desk: Desk, _ seen: Int) {
        desk.isAsleep.store(true, ordering: .sequentiallyConsistent)
        let isOrdered = desk.ordered.load(ordering: .sequentiallyConsistent) != seen
        if isOrdered && desk.isAsleep.exchange(false, ordering: .sequentiallyConsistent) { return }
        desk.wake.wait()
    }

    /// Waits a little; after long waiting lets others run, for there may be fewer processors than threads.
    private static func pause(_ spins: inout Int) {
        spins += 1
        prisma_spin_pause()
        if spins > 20_000 { sched_yield() }
    }
}
