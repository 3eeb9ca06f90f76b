internal import HTTPTypes
internal import Synchronization
internal import TextNumbers
internal import Web

/// Classifiers that clients gave names, by model. Only their texts are kept; what the text tower made of them is in
/// ``cache``, and is made again where it has gone.
final class ClassifierStore: Sendable {
    let cache = ClassifierCache()
    /// Of all models together.
    static let maximumCount = 256

    private struct Name: Hashable {
        let model: String
        let id: String
    }

    private struct State {
        var prompts: [Name: ZeroShotPrompts] = [:]
        var order: [Name] = []
    }

    private let state = Mutex(State())

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
            guard state.order.count < Self.maximumCount else {
                return Problem(
                    .contentTooLarge, "\(Self.maximumCount) classifiers are kept already; DELETE one of them first.",
                    members: [
                        JSONMember("limit", "classifiers"), JSONMember("maximum", .integer(Int64(Self.maximumCount))),
                    ])
            }
            state.prompts[name] = prompts
            state.order.append(name)
            return nil
        }
        if let problem { throw problem }
    }

    /// The ids of a model's classifiers, the oldest first.
    func ids(of model: String) -> [String] {
        state.withLock { $0.order.filter { $0.model == model }.map(\.id) }
    }

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
            return state.prompts.removeValue(forKey: name)
        }
        if let removed { return removed }
        throw unknown(id, of: model)
    }

    private func unknown(_ id: String, of model: String) -> Problem {
        let ids = ids(of: model)
        let known = ids.isEmpty ? "none is stored" : "stored are \(ids.prefix(20).joined(separator: ", "))"
        let hint = Suggestions.sentence(for: id, in: ids) ?? known
        return Problem(.notFound, "The model '\(model)' has no classifier '\(id)'; \(hint)")
    }
}
