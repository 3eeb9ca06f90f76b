internal import HookedModels
internal import Scheduling
internal import Synchronization
internal import Tensors
internal import Web

/// The one place where requests wait for the processor: a bounded queue before one thread that computes.
struct ComputeLane: Sendable {
    private let scheduler: Scheduler<Inference>
    private let idling = Idling()

    init(_ limits: ServiceLimits) {
        scheduler = Scheduler(
            Inference(), on: Engine(name: "prisma.compute"),
            configuration: .init(
                capacity: limits.queue, deadline: limits.deadline, joining: .rows(upTo: limits.batchRows)))
    }

    /// Whether new work is taken.
    var isAccepting: Bool { !scheduler.isDraining }

    /// What has been done, and what is queued now.
    var metrics: SchedulerMetrics { scheduler.metrics }

    /// Takes no more work and returns when all that was accepted has been answered.
    func drain() async { await scheduler.drain() }

    /// Runs a request's inputs through a tower of a model, in a batch with others' unless it is to run alone.
    /// - Parameters:
    ///   - deadline: what is left of the request's own; the whole of it where absent.
    ///   - priority: passes of sweeps let requests that somebody waits for go first.
    func run(
        _ request: ForwardRequest, on tower: LoadedTower, of model: LoadedModel, alone: Bool,
        context: RequestContext, deadline: Duration? = nil, priority: Priority = .interactive
    ) async throws -> ForwardResult {
        let key = Inference.Key(
            model: model.generation, tower: tower.tower, flags: request.plan.flags,
            enteringLayer: request.enteringLayer, stopAtLayer: request.plan.stopAtLayer)
        let output = try await submit(
            .forward(request, tower.model, of: model), rows: request.rows, key: alone ? nil : key, context,
            priority: priority, deadline: deadline)
        guard case .forward(let result) = output else { preconditionFailure("a pass gives what passes give") }
        return result
    }

    /// Computes on the lane's threads, by itself: what is made out of activations, and gradients.
    /// - Parameter deadline: what is left of the request's own; the whole of it where absent.
    func analyse<Value: Sendable>(
        _ context: RequestContext, deadline: Duration? = nil, priority: Priority = .interactive,
        _ body: @escaping @Sendable (Crew) throws -> Value
    ) async throws -> Value {
        let output = try await submit(
            .analysis(body), rows: 1, key: nil, context, priority: priority, deadline: deadline)
        guard case .analysis(let value as Value) = output else { preconditionFailure("a value of its own type") }
        return value
    }

    private func submit(
        _ work: Inference.Work, rows: Int, key: Inference.Key?, _ context: RequestContext,
        priority: Priority = .interactive, deadline: Duration? = nil
    ) async throws -> Inference.Output {
        let completion = try await scheduler.submit(
            work, rows: rows, key: key, priority: priority, deadline: deadline ?? context.deadline)
        idling.passed()
        context.timings.add(completion.queued, to: .queue)
        context.timings.add(completion.computed, to: .compute)
        return completion.output
    }
}

/// Gives the memory of tensors back when nothing has been computed for a while.
private final class Idling: Sendable {
    private let passes = Atomic(0)
    private static let patience = Duration.seconds(2)

    func passed() {
        let count = passes.wrappingAdd(1, ordering: .relaxed).newValue
        Task.detached { [self] in
            guard (try? await Task.sleep(for: Self.patience)) != nil else { return }
            if passes.load(ordering: .relaxed) == count { Memory.release() }
        }
    }
}
