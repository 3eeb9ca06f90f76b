public import Tensors

/// A model in memory: an immutable value that all requests share. What a request wants travels with its call.
public struct HookedModel: Sendable {
    public let architecture: Architecture
    let transformer: VisionTransformer

    init(_ transformer: VisionTransformer) {
        architecture = transformer.architecture
        self.transformer = transformer
    }

    /// Runs one batch. Requests share the pass, whatever each of them wants; they agree in ``HookPlan/flags`` and
    /// ``HookPlan/stopAtLayer``.
    /// - Precondition: every request's pixels are [inputs] + ``Architecture/inputShape``, with at least one input.
    public func run(_ requests: [ForwardRequest], on crew: Crew = Threads.crew) -> [ForwardResult] {
        for request in requests {
            precondition(
                request.pixels.shape.dropFirst() == architecture.inputShape[...] && request.pixels.shape[0] > 0,
                "pixels \(request.pixels.shape) for a model that takes [n] + \(architecture.inputShape)")
            precondition(
                request.plan.flags == requests[0].plan.flags && request.plan.stopAtLayer == requests[0].plan.stopAtLayer,
                "requests of one batch agree in flags and in where they stop")
        }
        return requests.isEmpty ? [] : ForwardPass(transformer: transformer, requests: requests, crew: crew).run()
    }

    /// Bytes of the weights as they lie in memory.
    public var weightBytes: Int { transformer.byteCount }
}
