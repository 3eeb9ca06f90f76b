internal import Checkpoints
internal import Foundation
internal import HTTPTypes
internal import HookedModels
internal import Logging
internal import Scheduling
internal import Synchronization
internal import Tensors
internal import Web

extension ModelRegistry {
    /// Loads every model that was not unloaded before its turn came, then computes the digests of their weights. Returns
    /// when all is done, or when the task is cancelled and what was begun is done.
    public func loadAll(digests: Bool = true) async {
        for source in sources where !Task.isCancelled { try? await load(source.id, isFirst: true) }
        guard digests else { return }
        // The models themselves are not held meanwhile: they may be unloaded.
        for (version, box) in loaded.map({ ($0.version, $0.digest) }) where !Task.isCancelled {
            await computeDigest(of: version, into: box)
        }
    }

    /// Loads a model, or does nothing where it is loaded.
    /// - Parameter isFirst: the server starts, and does not load what a client has unloaded meanwhile.
    /// - Throws: 404; 409 with the figures where it does not fit, with the reason where it cannot be loaded.
    func load(_ id: String, isFirst: Bool = false) async throws(Problem) {
        guard let source = sources.first(where: { $0.id == id }) else { throw unknown(id) }
        let problem = await changes.run { [self] () -> Problem? in
            do throws(Problem) {
                try await loadNow(source, isFirst: isFirst)
                return nil
            } catch { return error }
        }
        if let problem { throw problem }
    }

    /// Lets a model go. Requests that run keep it until they are done; then its memory goes back to the system. One that could
    /// not be loaded stays what it is, with its reason.
    /// - Throws: 404.
    func unload(_ id: String) async throws(Problem) {
        _ = try configured(id)
        await changes.run { [self] in
            if case .failed = state(of: id) { return }
            states.withLock { $0[id] = .unloaded }
            Memory.release()
            log.info("unloaded \(id)")
        }
    }

    /// The digest of a model's weights: known from before, or computed on a thread of its own.
    private func computeDigest(of version: FileVersion, into box: DigestBox) async {
        let known = digests.withLock { $0[version] }
        let digest =
            if let known { known } else {
                try? await hasher.run { try Checkpoint.ofModel(path: version.path).digest().map { "sha256:" + $0 } }
            }
        guard let digest else { return }
        digests.withLock { $0[version] = digest }
        box.set(digest)
    }

    private func loadNow(_ source: ModelSource, isFirst: Bool) async throws(Problem) {
        let before = state(of: source.id)
        switch before {
        case .loaded: return
        case .unloaded where isFirst: return
        default: break
        }
        states.withLock { $0[source.id] = .loading }
        let started = ContinuousClock.now
        let (used, limit) = (loaded.reduce(0) { $0 + $1.weightBytes }, memoryLimit)
        do {
            let model = try await loader.run { try Self.read(source, used: used, limit: limit) }
            states.withLock { $0[source.id] = .loaded(model) }
            log.info(
                "loaded \(source.id)",
                metadata: ["ms": "\(Int((ContinuousClock.now - started) / .milliseconds(1)))"])
            if case .loading = before { return }  // the digests of the first models come when all of them are there
            let (version, box) = (model.version, model.digest)
            Task { await computeDigest(of: version, into: box) }
        } catch {
            log.error("could not load \(source.id): \(error)")
            if let error = error as? OverBudget, case .unloaded = before {
                states.withLock { $0[source.id] = .unloaded }
                throw error.problem(source.id)
            }
            let reason = Self.reason(error)
            states.withLock { $0[source.id] = .failed(reason: reason) }
            throw (error as? OverBudget)?.problem(source.id)
                ?? Problem(.conflict, "The model '\(source.id)' could not be loaded: \(reason).")
        }
    }

    private static func read(_ source: ModelSource, used: Int, limit: Int) throws -> LoadedModel {
        let checkpoint = try Checkpoint.ofModel(path: source.path.path)
        try ModelMemory.check(checkpoint, used: used, limit: limit)
        let model = try HookedModel(checkpoint, options: source.options)
        let version = FileVersion(checkpoint, path: source.path.path)
        do {
            let text = try TextSide(of: checkpoint, options: source.options)
            return LoadedModel(id: source.id, model: model, text: text, version: version)
        } catch {
            // Pictures can be looked at all the same.
            return LoadedModel(id: source.id, model: model, textProblem: reason(error), version: version)
        }
    }

    /// Errors of checkpoints and models describe themselves in a sentence that names no path.
    private static func reason(_ error: any Error) -> String {
        let isOurs =
            error is CheckpointError || error is ModelError || error is PreprocessingError || error is OverBudget
        return isOurs ? "\(error)" : "the checkpoint cannot be read"
    }
}
