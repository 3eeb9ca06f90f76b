import Dispatch
import Scheduling
import Synchronization

/// A model that stands still in each batch until the test lets it go, and doubles numbers.
final class GatedModel: BatchModel, Sendable {
    struct Odd: Error, Equatable { let number: Int }

    private let gate = DispatchSemaphore(value: 0)
    private let begun = Mutex<[[Int]]>([])

    /// The batches that have begun, in order.
    var batches: [[Int]] { begun.withLock { $0 } }

    func open(_ times: Int = 1) { for _ in 0..<times { gate.signal() } }

    func run(_ batch: [Int]) -> [Result<Int, any Error>] {
        begun.withLock { $0.append(batch) }
        gate.wait()
        return batch.map { $0 % 2 == 0 ? .success($0 * 2) : .failure(Odd(number: $0)) }
    }

    typealias Key = String
}
