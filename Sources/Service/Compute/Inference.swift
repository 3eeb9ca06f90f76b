internal import HookedModels
internal import Scheduling
internal import Tensors

/// Runs forward passes, and what is computed out of their results, for the scheduler. Knows models, but neither requests of
/// HTTP nor their answers.
struct Inference: BatchModel {
    /// What the compute lane is asked for.
    enum Work: Sendable {
        /// One request's inputs on one tower of a model, which is held until they are done.
        case forward(ForwardRequest, HookedModel, of: LoadedModel)
        /// Arithmetic on activations: it waits in the same queue, for the processor is the same.
        case analysis(@Sendable (Crew) throws -> any Sendable)
    }

    /// What it gives.
    enum Output: Sendable {
        case forward(ForwardResult)
        case analysis(any Sendable)
    }

    /// What requests must agree in to share a forward pass.
    struct Key: Hashable, Sendable {
        /// ``LoadedModel/generation``, not the name: what was loaded again may have come from other files.
        let model: Int
        let tower: Tower
        let flags: HookFlags
        let enteringLayer: Int?
        let stopAtLayer: Int?
    }

    func run(_ batch: [Work]) -> [Result<Output, any Error>] {
        var requests: [ForwardRequest] = []
        var model: HookedModel?
        for case .forward(let request, let tower, _) in batch {
            requests.append(request)
            model = tower
        }
        var results = (model?.run(requests) ?? [])[...]
        return batch.map { work in
            switch work {
            case .forward:
                guard let result = results.popFirst() else { preconditionFailure("a result for each request") }
                return .success(.forward(result))
            case .analysis(let body): return Result { .analysis(try body(Threads.crew)) }
            }
        }
    }
}
