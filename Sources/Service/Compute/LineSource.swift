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
    private let time: TimeLeft
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
        time = TimeLeft(of: context)
    }

    /// The first chunk. - Throws: whatever is wrong with any of it.
    func first() async throws -> [AnswerLine] {
        let chunk = take()
        let pixels = try await read(chunk).map { try $0.get() }
        return await marking(try await compute(pixels), chunk)
    }

    /// The next chunk; what fails in it fails alone. `nil` at the end.
    func next() async throws -> [AnswerLine]? {
        guard position < inputs.count else { return nil }
        let chunk = take()
        if let late = time.lateness { return chunk.map { _ in .failure(late) } }
        let pixels = await read(chunk)
        try Task.checkCancellation()
        let good = pixels.compactMap { try? $0.get() }
        var results: ArraySlice<AnswerLine>
        do {
            results = good.isEmpty ? [] : try await compute(good)[...]
        } catch {
            try Task.checkCancellation()
            let problem = time.lateness ?? context.problem(for: error)
            results = good.map { _ in .failure(problem) }[...]
        }
        let lines = pixels.map { pixels -> AnswerLine in
            switch pixels {
            case .success: results.removeFirst()
            case .failure(let error): .failure(context.problem(for: error))
            }
        }
        return await marking(lines, chunk)
    }

    /// Says of texts that were cut that they were.
    private nonisolated func marking(_ lines: [AnswerLine], _ chunk: ArraySlice<InputReader.Place>) async
        -> [AnswerLine]
    {
        guard let isCut = await run.service.inputs.truncations(chunk, for: run.tower) else { return lines }
        return zip(lines, isCut).map { line, isCut in
            guard isCut, case .result(let members, let tensors) = line else { return line }
            return .result([JSONMember("truncated", true)] + members, tensors: tensors)
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
        let result = try await run.pass(pixels, context, deadline: try time.next())
        let lines = try await make(result, pixels)
        precondition(lines.count == pixels.shape[0], "\(lines.count) lines for \(pixels.shape[0]) inputs")
        return lines
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
            var answer = try await make(result, pixels)
            if let isCut = try await truncations(payload), isCut.contains(true) {
                answer.perInput.append(JSONMember("truncated", .array(isCut.map { .bool($0) })))
            }
            return answer
        }
        let members = Mutex<[JSONMember]>([])
        let lines = try await lines(payload, context, last: { members.withLock { $0 } }) { result, pixels in
            let answer = try await make(result, pixels)
            members.withLock { $0 = answer.members }
            return answer.rows
        }
        return TensorAnswer(members: [], tensors: [], lines: lines)
    }

    /// Of each input, whether it is a text of which only the first words went in; `nil` where none can be.
    func truncations(_ payload: RequestPayload) async throws -> [Bool]? {
        guard tower.text != nil else { return nil }
        return await service.inputs.truncations(
            try service.inputs.singles(options, payload, for: tower)[...], for: tower)
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
