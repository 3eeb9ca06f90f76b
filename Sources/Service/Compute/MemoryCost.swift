internal import HTTPTypes
internal import HookedModels
public import Scheduling
internal import Tensors
internal import TextNumbers
public import Web

/// Bytes that a request holds while it is computed and answered, estimated from its plan before it queues.
struct MemoryCost: Sendable {
    /// What goes in, read and joined.
    let inputs: Int
    /// Captures, output, gradients, and what an analysis holds beside them.
    let kept: Int
    /// What a pass works with.
    let working: Int

    var total: Int {
        [inputs, kept, working].reduce(0) { sum, part in
            let (total, overflow) = sum.addingReportingOverflow(part)
            return overflow ? .max : total
        }
    }

    var json: JSONValue {
        [
            "inputs": .integer(Int64(inputs)), "kept": .integer(Int64(kept)), "working": .integer(Int64(working)),
            "total": .integer(Int64(total)),
        ]
    }

    /// As ``json`` writes it.
    static let schema = Schema.object(
        "MemoryCost",
        "Bytes that the request would hold while it is computed; what limits.request_memory is shared by.",
        properties: [
            .init("inputs", .integer), .init("kept", .integer), .init("working", .integer), .init("total", .integer),
        ])
}

extension ModelRun {
    /// What the pass over so many inputs costs.
    func cost(inputs count: Int) -> MemoryCost {
        let architecture = tower.model.architecture
        let working = plan.workingBytes(
            inputs: count, of: architecture, threads: Threads.crew.width, goesBack: gradients != nil)
        return MemoryCost(
            inputs: HookPlan.bytes(of: [architecture.inputShape, architecture.inputShape], inputs: count),
            kept: HookPlan.bytes(of: weighedShapes, inputs: count),
            working: working.addingReportingOverflow(alsoWorking).overflow ? .max : working + alsoWorking)
    }

    /// Waits until there is memory for the pass over so many inputs.
    /// - Throws: 413 where there never is; 429, 504.
    func admit(inputs count: Int, _ context: RequestContext) async throws -> Admission {
        try await service.memory.admit(
            cost(inputs: count).total, patience: context.deadline ?? service.limits.deadline)
    }
}

extension NeverFits: ProblemConvertible {
    /// 413.
    public var problem: Problem {
        Problem(
            .contentTooLarge,
            "The request would hold about \(bytes) bytes while it is computed, more than the limit of \(capacity) "
                + "(limits.request_memory). Send fewer inputs, or ask for fewer hooks; dry_run shows the parts.",
            members: Problem.limit("request_memory", capacity) + [JSONMember("needed", .integer(Int64(bytes)))])
    }
}
