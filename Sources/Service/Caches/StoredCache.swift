internal import Foundation
internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// Activations of some inputs that are kept on the server. A value: it never changes, and whoever has it may go on using it
/// after the store has let go of it.
struct StoredCache: Sendable {
    /// One hook's activation.
    struct Hook: Sendable {
        /// In full.
        let name: String
        /// What the axes after the first count; the first is the input.
        let axes: [Axis]
        /// [input, …], as it was captured.
        let values: RowPieces

        var byteCount: Int { values.count * 4 }
    }

    let id: String
    /// The model's id.
    let model: String
    /// ``LoadedModel/generation`` of the model that it came from: one that was loaded again is another one.
    let generation: Int
    let tower: Tower
    let flags: HookFlags
    /// Which part of each hook was captured.
    let selection: Selection
    /// In the order of firing.
    let hooks: [Hook]
    /// How many.
    let inputs: Int
    let created: Date
    let provenance: JSONValue

    var byteCount: Int { hooks.reduce(0) { $0 + $1.byteCount } }

    /// A hook by its name, in full or short (`k6`).
    /// - Throws: a 404 that names the nearest ones.
    func hook(_ name: String) throws(Problem) -> Hook {
        let full = HookName.expanded(name)
        if let found = hooks.first(where: { $0.name == full || $0.name == name }) { return found }
        let names = hooks.map(\.name)
        let hint = Suggestions.sentence(for: full, in: names) ?? "GET /v1/caches/\(id) lists what it holds"
        throw Problem(.notFound, "The cache '\(id)' has no hook '\(name)'; \(hint)")
    }

    /// A hook's activation, [input, …].
    /// - Throws: As ``hook(_:)``.
    func tensor(_ name: String) throws(Problem) -> RowPieces { try hook(name).values }

    /// Why its activations are not those of this tower of a model; `nil` where they are.
    func mismatch(with loaded: LoadedModel, _ tower: Tower) -> String? {
        if loaded.id != model { return "the cache '\(id)' is of the model '\(model)', not of '\(loaded.id)'" }
        if loaded.generation != generation {
            return "the cache '\(id)' is of '\(model)' as it was before it was loaded again"
        }
        if tower != self.tower { return "the cache '\(id)' is of the tower '\(self.tower.rawValue)'" }
        return nil
    }

    /// The tower that it came from, while that is in memory.
    /// - Throws: 404, 409 or 503 where it is not.
    func source(_ models: ModelRegistry) throws(Problem) -> LoadedTower {
        let loaded = try models.model(model)
        if let reason = mismatch(with: loaded, tower) { throw Problem(.conflict, reason.capitalizedAtStart + ".") }
        return try loaded.tower(tower)
    }

    /// The positions of the stream that were kept, in order; `nil` where a reduction left none of them.
    func positions(of architecture: Architecture) -> [Int]? {
        guard selection.reduction == nil else { return nil }
        let all = Array(0..<architecture.positions)
        switch selection.positions {
        case .all: return all
        case .cls: return [0]
        case .patches: return Array(all[architecture.prefixTokens...])
        case .indices(let indices): return indices.map { $0 < 0 ? $0 + all.count : $0 }
        }
    }
}
