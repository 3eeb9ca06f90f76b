internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import Scheduling
internal import Tensors
internal import TextNumbers
internal import Web

/// Runs changed copies of runs that are known up to some layer: from that layer on, many in a pass, between other
/// requests' passes.
struct SweepEngine: Sendable {
    let run: ModelRun
    let base: SweepBase
    let context: RequestContext
    /// Which ways changes may take; `nil` for all.
    let path: PatchPath?
    private let time: TimeLeft
    /// The memory of the base and of one pass, held as long as the sweep goes on.
    private let admission: Admission

    /// Runs the inputs as they are.
    /// - Throws: as ``ModelRun/execute(_:_:)``.
    init(
        _ run: ModelRun, along path: PatchPath? = nil, _ payload: RequestPayload, _ context: RequestContext
    ) async throws {
        self.run = run
        self.path = path
        self.context = context
        // Without a deadline of its own a sweep takes as long as it takes.
        time = TimeLeft(of: context, usual: .seconds(86_400))
        let (result, pixels, admission) = try await run.execute(payload, context)
        self.admission = admission
        base = SweepBase(result, pixels: pixels, of: run.tower.model)
    }

    /// One changed copy.
    struct Row: Sendable {
        /// The run it is a copy of.
        let input: Int
        /// The first layer that is changed.
        let layer: Int
        /// What is changed, where the copy is this row of a pass.
        let interventions: @Sendable (_ row: Int) -> [Intervention]
    }

    /// Floating-point operations of a pass: a few tenths of a second on the machines we know, so that whoever waits for an
    /// answer hardly notices a sweep.
    private static let operationsAtOnce = 60_000_000_000
    private static let rowsAtOnce = 128
    /// Of what a path's first pass hands to its second.
    private static let capturedBytesAtOnce = 1 << 28

    /// Rows of a pass from a layer on: of whole pictures for each thread, unless their captures would take too much memory.
    func rowsAtOnce(from layer: Int) -> Int {
        let architecture = run.tower.model.architecture
        let each = max(1, architecture.operations(layers: architecture.layers - layer))
        let width = Threads.crew.width
        let fitting = min(Self.rowsAtOnce, Self.operationsAtOnce / each) / width * width
        let rows = max(fitting, width)
        guard let bytes = path?.bytesPerInput, bytes > 0 else { return rows }
        return max(1, min(rows, Self.capturedBytesAtOnce / bytes))
    }

    /// Bytes that the passes of a sweep work with at most, beside its base: streams, changes and one block's tensors.
    static func workingBytes(of architecture: Architecture, along path: PatchPath? = nil) -> Int {
        let rows = max(rowsAtOnce, Threads.crew.width)
        let streams = HookPlan.bytes(of: [[architecture.positions, architecture.width]], inputs: 2 * rows)
        return streams + (path == nil ? 0 : 2 * capturedBytesAtOnce)
            + HookPlan.empty.workingBytes(inputs: rows, of: architecture, threads: Threads.crew.width)
    }

    /// The output of each row, in their order; the rows share their first layer.
    func outputs(_ rows: [Row]) async throws -> [Tensor] {
        if let path { return try await outputs(rows, along: path) }
        guard let layer = rows.first?.layer else { return [] }
        return try await pass(rows, from: layer, rows.enumerated().flatMap { $1.interventions($0) }).outputs
    }

    /// One pass over copies of the rows' runs.
    /// - Parameter interventions: on rows of the pass.
    func pass(
        _ rows: [Row], from layer: Int, _ interventions: [Intervention], captures: [CaptureRequest] = [],
        stopAtLayer: Int? = nil
    ) async throws -> ForwardResult {
        try Task.checkCancellation()
        let plan: HookPlan
        do {
            plan = try HookPlan(
                captures, interventions: interventions, for: run.tower.model.architecture, flags: run.plan.flags,
                stopAtLayer: stopAtLayer)
        } catch {
            throw error.fieldError(ModelRun.inCapture)
        }
        let streams = base.streams[layer].gathered(axis: 0, rows.map(\.input))
        let ids = base.ids?.gathered(axis: 0, rows.map(\.input))
        let request = ForwardRequest(
            streams: streams, entering: layer, ids: ids, areCopies: Set(rows.map(\.input)).count == 1, plan: plan)
        return try await run.service.lane.run(
            request, on: run.tower, of: run.loaded, alone: true, context: context, deadline: try time.next(),
            priority: .batch)
    }

    /// The outputs of any rows, in their order: those of one layer go through together.
    func allOutputs(_ rows: [Row]) async throws -> [Tensor] {
        var outputs: [Int: Tensor] = [:]
        for batch in batches(rows) {
            for (index, output) in zip(batch, try await self.outputs(batch.map { rows[$0] })) {
                outputs[index] = output
            }
        }
        return rows.indices.compactMap { outputs[$0] }
    }

    /// Places of rows that go through together, the earliest layers first.
    func batches(_ rows: [Row]) -> [[Int]] {
        let byLayer = Dictionary(grouping: rows.indices) { rows[$0].layer }
        return byLayer.sorted { $0.key < $1.key }.flatMap { layer, places in
            let size = rowsAtOnce(from: layer)
            return stride(from: 0, to: places.count, by: size).map {
                Array(places[$0..<min($0 + size, places.count)])
            }
        }
    }
}

extension ModelRun {
    /// What a sweep would compute and answer.
    /// - Parameter times: how often every cell is run; `nil` where the cells are all there is, as in patching.
    func dryRun(
        _ sweep: Sweep, along path: PatchPath? = nil, times: Int? = nil, _ payload: RequestPayload
    ) throws -> TensorAnswer {
        let architecture = tower.model.architecture
        let operations =
            Double(times ?? 1)
            * (0..<sweep.count).reduce(0.0) { sum, index in
                let first = sweep.layers(of: sweep.cell(index)).first ?? 0
                let blocks = path?.blocks(from: first) ?? architecture.layers - first
                return sum + Double(architecture.operations(layers: blocks))
            }
        var answer = try dryRun(payload, [])
        let extents = JSONValue.integers((times.map { [$0] } ?? []) + sweep.shape)
        let tensor: JSONValue = [
            "datatype": "FP32", "shape": extents, "bytes": .integer(Int64(4 * sweep.count * (times ?? 1))),
        ]
        answer.members = answer.members.map { member in
            switch member.key {
            case "tensors":
                JSONMember("tensors", times == nil ? ["metric": tensor, "normalised": tensor] : ["metric": tensor])
            case "floating_point_operations":
                JSONMember(member.key, .integer(Int64(operations) + Int64(member.value.int ?? 0)))
            default: member
            }
        }
        return answer
    }
}
