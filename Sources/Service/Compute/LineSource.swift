internal import HookedModels
internal import Scheduling
internal import Synchronization
internal import Tensors
internal import TextNumbers
internal import Web

/// Runs a request's inputs through its model chunk by chunk, so that no more than a chunk of them, and of what comes of
/// them, is in memory.
actor LineSource {
    /// What comes of a chunk: a line for each of its inputs.
    typealias Making = @Sendable (ForwardResult, _ pixels: Tensor) async throws -> [AnswerLine]

    private let run: ModelRun
    private let inputs: [InputReader.Place]
    private let rows: Int
    private let context: RequestContext
    private let make: Making
    private let started = ContinuousClock.now
    private var position = 0

    /// - Parameters:
    ///   - inputs: each a single one.
    ///   - rows: inputs of a chunk.
    init(
        _ run: ModelRun, _ inputs: [InputReader.Place], rows: Int, _ context: RequestContext, _ make: @escaping Making
    ) {
        precondition(rows > 0, "a chunk has at least one input")
        self.run = run
        self.inputs = inputs
        self.rows = rows
        self.context = context
        self.make = make
    }

    /// The first chunk. - Throws: whatever is wrong with any of it.
    func first() async throws -> [AnswerLine] {
        let chunk = take()
        let pixels = try await read(chunk).map { try $0.get() }
        return try await compute(pixels)
    }

    /// The next chunk; what fails in it fails alone. `nil` at the end.
    func next() async throws -> [AnswerLine]? {
        guard position < inputs.count else { return nil }
        let chunk = take()
        if let late = lateness() { return chunk.map { _ in .failure(late) } }
        let pixels = await read(chunk)
        try Task.checkCancellation()
        let good = pixels.compactMap { try? $0.get() }
        var results: ArraySlice<AnswerLine>
        do {
            results = good.isEmpty ? [] : try await compute(good)[...]
        } catch {
            try Task.checkCancellation()
            let problem = lateness() ?? context.problem(for: error)
            results = good.map { _ in .failure(problem) }[...]
        }
        return pixels.map { pixels in
            switch pixels {
            case .success: results.removeFirst()
            case .failure(let error): .failure(context.problem(for: error))
            }
        }
    }

    private func take() -> ArraySlice<InputReader.Place> {
        let chunk = inputs[position..<min(position + rows, inputs.count)]
        position = chunk.endIndex
        return chunk
    }

    private nonisolated func read(_ chunk: ArraySlice<InputReader.Place>) async -> [Result<Tensor, any Error>] {
        await context.timings.measure(.decode) {
            await run.service.inputs.read(chunk, run.options, run.tower, run.preprocessing)
        }
    }

    private func compute(_ pixels: [Tensor]) async throws -> [AnswerLine] {
        let pixels = pixels.count == 1 ? pixels[0] : Tensor.concatenated(pixels)
        let result = try await run.pass(
            pixels, context, deadline: context.deadline.map { $0 - (.now - started) })
        let lines = try await make(result, pixels)
        precondition(lines.count == pixels.shape[0], "\(lines.count) lines for \(pixels.shape[0]) inputs")
        return lines
    }

    /// The problem of a request whose own deadline has passed.
    private func lateness() -> Problem? {
        guard let deadline = context.deadline, .now - started >= deadline else { return nil }
        return SchedulingError.deadlineExceeded(after: deadline).problem
    }
}

extension ModelRun {
    /// The answer that `make` makes of a pass over all inputs; or, where the client asks for lines, of one chunk of inputs
    /// after the other. `make` gives tensors whose first axes are the inputs; of the document's members those of the first
    /// chunk stand in the last line, so they must not depend on the inputs.
    func answer(
        _ payload: RequestPayload, _ context: RequestContext,
        _ make: @escaping @Sendable (ForwardResult, _ pixels: Tensor) async throws -> TensorAnswer
    ) async throws -> TensorAnswer {
        guard NDJSON.isWanted(context) else {
            let (result, pixels) = try await execute(payload, context)
            return try await make(result, pixels)
        }
        let members = Mutex<[JSONMember]>([])
        let lines = try await lines(payload, context, last: { members.withLock { $0 } }) { result, pixels in
            let answer = try await make(result, pixels)
            members.withLock { $0 = answer.members }
            return answer.rows
        }
        return TensorAnswer(members: [], tensors: [], lines: lines)
    }

    /// The lines that `make` makes, chunk by chunk.
    /// - Parameter last: what the last line tells; asked for when the first chunk is there.
    func lines(
        _ payload: RequestPayload, _ context: RequestContext, last: () -> [JSONMember],
        _ make: @escaping LineSource.Making
    ) async throws -> AnswerLines {
        let inputs = try service.inputs.singles(options, payload, for: tower)
        // Where interventions tell inputs apart, all of them go through together.
        try check(inputs: inputs.count)
        try weigh(inputs: plan.namesInputs ? inputs.count : 1)
        let each = max(1, HookPlan.bytes(of: weighedShapes, inputs: 1))
        let fitting = min(service.limits.batchRows, max(1, service.limits.responseTensors / each))
        let rows = plan.namesInputs ? inputs.count : fitting
        let source = LineSource(self, inputs, rows: rows, context, make)
        let first = try await source.first()
        return AnswerLines(first: first, last: last()) { try await source.next() }
    }
}
