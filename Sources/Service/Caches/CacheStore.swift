internal import Foundation
internal import HTTPTypes
internal import HookedModels
internal import Synchronization
internal import TextNumbers
internal import Web

/// Caches in memory: no more of them, and no more bytes, than may be, the least recently used out first, each for so long after its last use.
final class CacheStore: Sendable {
    /// A cache and when it will be let go of, unless it is used.
    struct Listed: Sendable {
        let cache: StoredCache
        let expires: Date
    }

    /// What `GET /metrics` tells.
    struct Figures: Sendable {
        let count: Int
        let bytes: Int
        let evicted: Int
    }

    /// Why a cache is no more, though its id was given out.
    private enum Gone: String {
        case evicted = "had to make room for others"
        case expired = "was not used for too long"
    }

    private struct State {
        var caches: [String: Listed] = [:]
        /// The least recently used first, which is also the first to expire.
        var order: [String] = []
        var bytes = 0
        var evicted = 0
        var isWatched = false
        var gone: [String: Gone] = [:]
        /// The longest gone first.
        var goneOrder: [String] = []
    }

    /// Bytes of all together.
    let limit: Int
    /// How long a cache stays after its last use.
    let lifetime: Duration
    private let maximumCount: Int
    private let remembered: Int
    private let now: @Sendable () -> Date
    private let state = Mutex(State())

    /// - Parameters:
    ///   - count: how many caches; what they are described with takes memory too, however few numbers they hold.
    ///   - remembered: ids of caches that are gone, so that they are told from those that never were.
    init(
        limit: Int, lifetime: Duration, count: Int = 4_096, remembered: Int = 4_096,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        (self.limit, self.lifetime, self.now) = (limit, lifetime, now)
        (maximumCount, self.remembered) = (count, remembered)
    }

    /// An id that nobody guesses, and the time.
    func ticket() -> (id: String, created: Date) {
        let number = UInt64.random(in: .min ... .max)
        let digits = String(number, radix: 16)
        return (String(repeating: "0", count: 16 - digits.count) + digits, now())
    }

    /// Keeps a cache; others make room for it.
    /// - Throws: 413 for one that no room suffices for.
    func add(_ cache: StoredCache) throws(Problem) -> Listed {
        try check(bytes: cache.byteCount)
        let listed = Listed(cache: cache, expires: expiry)
        state.withLock { state in
            purge(&state)
            while state.bytes + cache.byteCount > limit || state.order.count >= maximumCount,
                let oldest = state.order.first
            {
                drop(oldest, .evicted, &state)
                state.evicted += 1
            }
            state.caches[cache.id] = listed
            state.order.append(cache.id)
            state.bytes += cache.byteCount
        }
        watch()
        return listed
    }

    /// - Throws: 413 for more bytes than all caches together may have.
    func check(bytes: Int) throws(Problem) {
        guard bytes > limit else { return }
        throw Problem(
            .contentTooLarge,
            "The cache would hold \(bytes) bytes, more than the limit of \(limit) for all caches (cache.bytes). Keep fewer "
                + "hooks, positions or inputs.", members: Problem.limit("cache_bytes", limit))
    }

    /// A cache that is used now.
    /// - Throws: 410 for one that was let go of, 404 for an id that was never given out.
    func cache(_ id: String) throws(Problem) -> StoredCache { try listed(id, isUsed: true).cache }

    /// The same, to be shown or to be used.
    func listed(_ id: String, isUsed: Bool = false) throws(Problem) -> Listed {
        let found = state.withLock { state -> Result<Listed, Problem> in
            purge(&state)
            guard let listed = state.caches[id] else { return .failure(absent(id, state)) }
            guard isUsed else { return .success(listed) }
            let renewed = Listed(cache: listed.cache, expires: expiry)
            state.caches[id] = renewed
            state.order.removeAll { $0 == id }
            state.order.append(id)
            return .success(renewed)
        }
        return try found.get()
    }

    /// All of them, the oldest first.
    var all: [Listed] {
        state.withLock { state in
            purge(&state)
            return state.caches.values.sorted { ($0.cache.created, $0.cache.id) < ($1.cache.created, $1.cache.id) }
        }
    }

    /// Lets go of a cache; its id is then unknown.
    /// - Throws: As ``cache(_:)``.
    func remove(_ id: String) throws(Problem) -> Listed {
        let removed = state.withLock { state -> Result<Listed, Problem> in
            purge(&state)
            guard let listed = state.caches[id] else { return .failure(absent(id, state)) }
            forget(id, &state)
            return .success(listed)
        }
        return try removed.get()
    }

    var figures: Figures {
        state.withLock { state in
            purge(&state)
            return Figures(count: state.caches.count, bytes: state.bytes, evicted: state.evicted)
        }
    }

    private var expiry: Date { now().addingTimeInterval(lifetime / .seconds(1)) }

    private func purge(_ state: inout State) {
        let time = now()
        for id in state.order where (state.caches[id]?.expires ?? time) <= time { drop(id, .expired, &state) }
    }

    private func drop(_ id: String, _ reason: Gone, _ state: inout State) {
        forget(id, &state)
        state.gone[id] = reason
        state.goneOrder.append(id)
        if state.goneOrder.count > remembered { state.gone[state.goneOrder.removeFirst()] = nil }
    }

    private func forget(_ id: String, _ state: inout State) {
        state.bytes -= state.caches.removeValue(forKey: id)?.cache.byteCount ?? 0
        state.order.removeAll { $0 == id }
    }

    private func absent(_ id: String, _ state: State) -> Problem {
        if let reason = state.gone[id] {
            return Problem(.gone, "The cache '\(id)' \(reason.rawValue); POST /v1/caches makes it again.")
        }
        let ids = state.order
        let hint =
            Suggestions.sentence(for: id, in: ids) ?? (ids.isEmpty ? "none is stored" : "GET /v1/caches lists them")
        return Problem(.notFound, "There is no cache '\(id)'; \(hint)")
    }

    /// Gives the memory back in time, also when nobody asks for anything.
    private func watch() {
        let starts = state.withLock { state in
            defer { state.isWatched = true }
            return !state.isWatched
        }
        guard starts else { return }
        Task.detached { [weak self] in
            while let rest = self?.rest() { try? await Task.sleep(for: rest) }
        }
    }

    /// How long until the next cache expires, at least a second; `nil` where there is none to watch.
    private func rest() -> Duration? {
        state.withLock { state in
            purge(&state)
            guard let next = state.order.first.flatMap({ state.caches[$0] }) else {
                state.isWatched = false
                return nil
            }
            return max(.seconds(next.expires.timeIntervalSince(now())), .seconds(1))
        }
    }
}
