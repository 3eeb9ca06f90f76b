internal import HTTPTypes
internal import Logging
internal import Scheduling
internal import Synchronization
internal import Web

/// The configured models and where each of them stands. They load one after the other on a thread of their own, while
/// the server already answers; `ModelRegistry+Loading` has how.
public final class ModelRegistry: Sendable {
    let sources: [ModelSource]
    let states: Mutex<[String: ModelState]>
    /// Loading and unloading, one at a time, so that what fits is known.
    let changes = InTurn()
    let loader = BlockingPool(name: "prisma.loader", threads: 1)
    let hasher = BlockingPool(name: "prisma.digests", threads: 1)
    let digests = Mutex<[FileVersion: String]>([:])
    let memoryLimit: Int
    let log: Logger

    /// - Parameter memoryLimit: bytes that the weights of all models may take.
    /// - Precondition: The ids are unique.
    init(_ sources: [ModelSource], memoryLimit: Int, log: Logger) {
        precondition(Set(sources.map(\.id)).count == sources.count, "two models share an id")
        self.sources = sources
        self.memoryLimit = memoryLimit
        self.log = log
        states = Mutex(Dictionary(uniqueKeysWithValues: sources.map { ($0.id, .loading) }))
    }

    /// The models' ids, in the order of the configuration.
    public var ids: [String] { sources.map(\.id) }

    /// Where a model stands; `nil` for an id that is not configured.
    public func state(of id: String) -> ModelState? { states.withLock { $0[id] } }

    /// Where a model stands.
    /// - Throws: 404 with the nearest ids.
    func configured(_ id: String) throws(Problem) -> ModelState {
        guard let state = state(of: id) else { throw unknown(id) }
        return state
    }

    /// Whether no model is being loaded or waits to be.
    public var isSettled: Bool {
        states.withLock { states in
            states.values.allSatisfy { state in if case .loading = state { false } else { true } }
        }
    }

    /// The models that could not be loaded, with the reasons.
    public var failures: [(id: String, reason: String)] {
        ids.compactMap { id in
            if case .failed(let reason) = state(of: id) { (id, reason) } else { nil }
        }
    }

    /// The models in memory.
    var loaded: [LoadedModel] {
        states.withLock { states in
            sources.compactMap { source in
                if case .loaded(let model) = states[source.id] { model } else { nil }
            }
        }
    }

    /// A model that can run.
    /// - Throws: 404 with the nearest ids, 503 while it loads, 409 where it was unloaded or, with the reason, could not be
    ///   loaded.
    func model(_ id: String) throws(Problem) -> LoadedModel {
        switch try configured(id) {
        case .loaded(let model): return model
        case .loading:
            throw Problem(
                .serviceUnavailable, "The model '\(id)' is being loaded.", headerFields: [.retryAfter: "2"])
        case .unloaded:
            throw Problem(
                .conflict,
                "The model '\(id)' is not loaded: it was unloaded. POST /v1/models/\(id)/load loads it again.")
        case .failed(let reason): throw Problem(.conflict, "The model '\(id)' could not be loaded: \(reason).")
        }
    }

    /// A 404 that names the nearest ids.
    func unknown(_ id: String) -> Problem {
        let failed = Set(failures.map(\.id))
        let served = ids.filter { !failed.contains($0) }
        let others = ids.filter(failed.contains)
        let hint =
            Suggestions.sentence(for: id, in: ids)
            ?? "served are \(served.isEmpty ? "none" : served.joined(separator: ", "))"
            + (others.isEmpty ? "" : "; could not be loaded: \(others.joined(separator: ", "))")
        return Problem(.notFound, "There is no model '\(id)'; \(hint)")
    }
}
