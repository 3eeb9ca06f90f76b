internal import Checkpoints
internal import Foundation
internal import HTTPTypes
internal import HookedModels
internal import Logging
internal import Scheduling
internal import Synchronization
internal import Web

/// The configured models and where each of them stands. They load one after the other on a thread of their own, while
/// the server already answers.
public final class ModelRegistry: Sendable {
    private let sources: [ModelSource]
    private let states: Mutex<[String: ModelState]>
    private let loader = BlockingPool(name: "prisma.loader", threads: 1)
    private let log: Logger

    /// - Precondition: the ids are unique.
    init(_ sources: [ModelSource], log: Logger) {
        precondition(Set(sources.map(\.id)).count == sources.count, "two models share an id")
        self.sources = sources
        self.log = log
        states = Mutex(Dictionary(uniqueKeysWithValues: sources.map { ($0.id, .loading) }))
    }

    /// The models' ids, in the order of the configuration.
    public var ids: [String] { sources.map(\.id) }

    /// Where a model stands; `nil` for an id that is not configured.
    public func state(of id: String) -> ModelState? { states.withLock { $0[id] } }

    /// Whether every configured model is loaded or has failed.
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

    /// Loads every model, then computes the digests of their weights. Returns when all is done.
    public func loadAll(digests: Bool = true) async {
        for source in sources { await load(source) }
        guard digests else { return }
        for id in ids {
            guard case .loaded(let model) = state(of: id), let source = sources.first(where: { $0.id == id }) else {
                continue
            }
            await digest(source, model)
        }
    }

    /// A model that can run.
    /// - Throws: 404 with the nearest ids, 503 while it loads, 409 with the reason where it could not be loaded.
    func model(_ id: String) throws(Problem) -> LoadedModel {
        switch state(of: id) {
        case .loaded(let model): return model
        case .loading:
            throw Problem(
                .serviceUnavailable, "The model '\(id)' is being loaded.", headerFields: [.retryAfter: "2"])
        case .failed(let reason): throw Problem(.conflict, "The model '\(id)' could not be loaded: \(reason).")
        case nil: throw unknown(id)
        }
    }

    /// A 404 that names the nearest ids.
    func unknown(_ id: String) -> Problem {
        let hint =
            Suggestions.sentence(for: id, in: ids) ?? "served are \(ids.isEmpty ? "none" : ids.joined(separator: ", "))"
        return Problem(.notFound, "There is no model '\(id)'; \(hint)")
    }

    private func load(_ source: ModelSource) async {
        let started = ContinuousClock.now
        let state: ModelState
        do {
            state = try await loader.run {
                let checkpoint = try Checkpoint(path: source.path.path)
                let model = try HookedModel(checkpoint, options: source.options)
                return .loaded(
                    LoadedModel(id: source.id, model: model, checkpointBytes: checkpoint.byteCount, digest: DigestBox())
                )
            }
            log.info(
                "loaded \(source.id)",
                metadata: ["ms": "\(Int((ContinuousClock.now - started) / .milliseconds(1)))"])
        } catch {
            // Errors of checkpoints and models describe themselves in a sentence that names no path.
            let isOurs = error is CheckpointError || error is ModelError || error is PreprocessingError
            state = .failed(reason: isOurs ? "\(error)" : "the checkpoint cannot be read")
            log.error("could not load \(source.id): \(error)")
        }
        states.withLock { $0[source.id] = state }
    }

    private func digest(_ source: ModelSource, _ model: LoadedModel) async {
        let digest = try? await loader.run { try Checkpoint(path: source.path.path).digest() }
        if let digest = digest ?? nil { model.digest.set("sha256:" + digest) }
    }
}
