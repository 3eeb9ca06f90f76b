internal import HookedModels
internal import Tensors
internal import TextNumbers
internal import Web

/// Activations of a stored cache as values for interventions and ablations.
struct CachedValues: Sendable {
    let cache: StoredCache

    /// - Parameter place: where the cache's id stands in the document.
    /// - Throws: 404 or 410 for the cache; 400 where it is of another model or tower, or holds parts of hooks only.
    init(_ id: String, of service: PrismaService, _ loaded: LoadedModel, _ tower: Tower, at place: JSONPointer) throws {
        cache = try service.caches.cache(id)
        if let reason = cache.mismatch(with: loaded, tower) { throw FieldError(.pointer(place), reason) }
        guard cache.selection == .all else {
            throw FieldError(
                .pointer(place), "the cache '\(id)' holds parts of its hooks; expected one that was captured whole")
        }
    }

    /// Of every hook that a pattern matches its activations, [input, …].
    /// - Throws: the field's error where the pattern is none or nothing of the cache matches it.
    func activations(_ pattern: String, at place: JSONPointer) throws -> [String: Tensor] {
        let glob = try? Glob(pattern)
        let found = cache.hooks.filter { glob?.matches($0.name) ?? false }
        guard !found.isEmpty else {
            let names = cache.hooks.map(\.name)
            let hint = Suggestions.sentence(for: pattern, in: names) ?? "GET /v1/caches/\(cache.id) lists what it holds"
            throw FieldError(.pointer(place), "the cache '\(cache.id)' holds no '\(pattern)'; \(hint)")
        }
        return Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.values.joined) })
    }

    /// The same averaged, each axis that is averaged over with an extent of one.
    func means(_ pattern: String, over: Intervention.Averaging, at place: JSONPointer) throws -> [String: Tensor] {
        let axes = Dictionary(uniqueKeysWithValues: cache.hooks.map { ($0.name, $0.axes) })
        return Dictionary(
            uniqueKeysWithValues: try activations(pattern, at: place).map { name, values in
                let position = (axes[name] ?? []).firstIndex { $0 == .position || $0 == .query }.map { $0 + 1 }
                let positions = over == .inputs ? [] : [position].compactMap { $0 }
                return (name, values.mean(over: Set(positions + (over == .positions ? [] : [0]))))
            })
    }
}
