internal import Synchronization

/// Classifiers that were made, so that the same texts are not read again; least recently used out first.
final class ClassifierCache: Sendable {
    struct Key: Hashable, Sendable {
        /// Of the model in memory: one that was loaded again may have come from other files.
        let generation: Int
        let prompts: ZeroShotPrompts
    }

    private struct State {
        var values: [Key: ZeroShotClassifier] = [:]
        /// The least recently used first.
        var order: [Key] = []
        var bytes = 0
    }

    private let state = Mutex(State())
    private let limit: Int
    private let maximumCount: Int

    /// - Parameters:
    ///   - limit: bytes of all together.
    ///   - count: how many.
    init(limit: Int = 64 << 20, count: Int = 64) {
        self.limit = limit
        maximumCount = count
    }

    func value(for key: Key) -> ZeroShotClassifier? {
        state.withLock { state in
            guard let value = state.values[key] else { return nil }
            state.order.removeAll { $0 == key }
            state.order.append(key)
            return value
        }
    }

    func insert(_ value: ZeroShotClassifier, for key: Key) {
        guard value.byteCount <= limit else { return }
        state.withLock { state in
            if let old = state.values.updateValue(value, forKey: key) { state.bytes -= old.byteCount }
            state.bytes += value.byteCount
            state.order.removeAll { $0 == key }
            state.order.append(key)
            while state.bytes > limit || state.order.count > maximumCount {
                let oldest = state.order.removeFirst()
                state.bytes -= state.values.removeValue(forKey: oldest)?.byteCount ?? 0
            }
        }
    }

    /// How many are held.
    var count: Int { state.withLock { $0.values.count } }
}
