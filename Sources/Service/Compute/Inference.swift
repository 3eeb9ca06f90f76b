internal import HookedModels
internal import Scheduling
internal import Tensors

/// Runs forward passes for the scheduler. Knows models, but neither requests of HTTP nor their answers.
struct Inference: BatchModel {
    /// One request's pictures on one model.
    struct Work: Sendable {
        let model: LoadedModel
        let request: ForwardRequest
    }

    /// What requests must agree in to share a forward pass.
    struct Key: Hashable, Sendable {
        /// The value, not its name: a model that was unloaded and loaded again may have come from other files.
        let model: ObjectIdentifier
        let flags: HookFlags
        let stopAtLayer: Int?
    }

    func run(_ batch: [Work]) -> [Result<ForwardResult, any Error>] {
        guard let first = batch.first else { return [] }
        return first.model.model.run(batch.map(\.request)).map { .success($0) }
    }
}
