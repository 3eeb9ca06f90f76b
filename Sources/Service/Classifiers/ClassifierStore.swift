internal import HTTPTypes
internal import Synchronization
internal import TextNumbers
internal import Web

/// Classifiers that clients gave names, by model. Only their texts are kept; what the text tower made of them is in
/// ``cache``, and is made again where it has gone.
final class ClassifierStore: Sendable {
    let cache = ClassifierCache()
    /// Of all models together.
    private let maximumCount: Int
    /// Bytes of the texts of all together.
    private let maximumBytes: Int

    private struct Name: Hashable {
        let model: String
        let id: String
    }

    private struct State {
        var prompts: [Name: ZeroShotPrompts] = [:]
        var order: [Name] = []
        var bytes = 0
    }

    private let state = Mutex(State())

    init(count: Int = 256, bytes: Int = 32 << 20) {
        maximumCount = count
        maximumBytes = bytes
    }

    /// Keeps a classifier; the same under the same name is no change.
    /// - Throws: 409 for a name that is taken by another one; 413 where no more can be kept.
    func add(_ prompts: ZeroShotPrompts, id: String, model: String) throws(Problem) {
        let name = Name(model: model, id: id)
        let problem = state.withLock { state -> Problem? in
            if let old = state.prompts[name] {
                return old == prompts
                    ? nil
                    : Problem(
                        .conflict,
                        "The model '\(model)' has another classifier '\(id)'; DELETE it first, or choose another id.")
            }
            guard state.order.count < maximumCount else { return tooMany("classifiers", "classifiers", maximumCount) }
            guard state.bytes + prompts.byteCount <= maximumBytes else {
                return tooMany("bytes of classifiers", "classifier_bytes", maximumBytes)
            }
            state.bytes += prompts.byteCount
            state.prompts[name] = prompts
            state.order.append(name)
            return nil
        }
        if let problem { throw problem }
    }

    /// A model's classifiers, the oldest first.
    func all(of model: String) -> [(id: String, prompts: ZeroShotPrompts)] {
        state.withLock { state in
            state.order.filter { $0.model == model }.compactMap { name in state.prompts[name].map { (name.id, $0) } }
        }
    }

    /// Their ids.
    func ids(of model: String) -> [String] { all(of: model).map(\.id) }

    /// - Throws: 404 with the nearest ids.
    func prompts(_ id: String, of model: String) throws(Problem) -> ZeroShotPrompts {
        if let found = state.withLock({ $0.prompts[Name(model: model, id: id)] }) { return found }
        throw unknown(id, of: model)
    }

    /// - Throws: 404.
    func remove(_ id: String, of model: String) throws(Problem) -> ZeroShotPrompts {
        let name = Name(model: model, id: id)
        let removed = state.withLock { state in
            state.order.removeAll { $0 == name }
            let removed = state.prompts.removeValue(forKey: name)
            state.bytes -= removed?.byteCount ?? 0
            return removed
        }
        if let removed { return removed }
        throw unknown(id, of: model)
    }

    private func tooMany(_ what: String, _ limit: String, _ maximum: Int) -> Problem {
        Problem(
            .contentTooLarge, "No more than \(maximum) \(what) are kept; DELETE one of them first.",
            members: Problem.limit(limit, maximum))
    }

    private func unknown(_ id: String, of model: String) -> Problem {
        let ids = ids(of: model)
        let known = ids.isEmpty ? "none is stored" : "stored are \(ids.prefix(20).joined(separator: ", "))"
        let hint = Suggestions.sentence(for: id, in: ids) ?? known
        return Problem(.notFound, "The model '\(model)' has no classifier '\(id)'; \(hint)")
    }
}
