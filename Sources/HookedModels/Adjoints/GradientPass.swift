public import Tensors

/// Runs pictures forward and their gradients back, on all threads of a crew: see ``RowShares``. A share goes both ways in
/// chunks, so that what is kept in between does not grow with the batch.
struct GradientPass {
    let transformer: Transformer
    let request: GradientRequest
    let crew: Crew

    /// Tokens of a chunk. What is kept of one token in a block is about ten times the width of the stream.
    static let tokensAtOnce = 800

    /// What one pass over some consecutive rows gave.
    struct Chunk: Sendable {
        let output: Tensor
        let captured: [Tensor]
        let gradients: [Tensor]
        let pixels: Tensor?
    }

    /// What one thread's rows gave.
    struct Share: Sendable {
        var chunks: [Chunk] = []
        var parameters: ParameterGradients?
    }

    func run() -> Share {
        let rows = request.pixels.shape[0]
        let shares =
            request.plan.readsInputs
            ? [compute(0..<rows, crew)] : RowShares.map(rows, on: crew) { compute($0, $1) }
        Memory.passEnded()
        var whole = Share(parameters: request.wantsParameters ? ParameterGradients() : nil)
        for share in shares {
            whole.chunks += share.chunks
            if let own = share.parameters { whole.parameters = whole.parameters?.adding(own) }
        }
        return whole
    }

    private func compute(_ rows: Range<Int>, _ crew: Crew) -> Share {
        var share = Share(parameters: request.wantsParameters ? ParameterGradients() : nil)
        let few = max(1, Self.tokensAtOnce / max(transformer.architecture.positions, 1))
        let step = request.plan.readsInputs ? rows.count : few
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
            share.chunks.append(compute(chunk: start..<min(start + step, rows.upperBound), &share.parameters, crew))
        }
        return share
    }

    private func compute(chunk rows: Range<Int>, _ parameters: inout ParameterGradients?, _ crew: Crew) -> Chunk {
        let pixels = request.pixels.rows(rows)
        let layers = transformer.blocks.count
        var probe = Probe(
            [Probe.Part(rows: 0..<rows.count, firstInput: rows.lowerBound, plan: request.plan)], layers: layers,
            crew: crew, tape: request.tape(layers: layers))
        guard let output = transformer(pixels, &probe), let tape = probe.takeTape() else {
            preconditionFailure("a pass that does not stop gives an output")
        }
        let seeds = rows.enumerated().map { place, input in
            request.seed(input, output.row(place)).reshaped([1] + output.shape.dropFirst())
        }
        var adjoint = AdjointProbe(
            request, inputs: rows, tape: tape, parameters: parameters, layers: layers, crew: crew)
        parameters = nil  // lent to the probe, so that sums grow where they lie
        let byPixels = transformer.adjoint(Tensor.concatenated(seeds), of: pixels, &adjoint)
        parameters = adjoint.takeParameters()
        return Chunk(
            output: output, captured: probe.takeCaptured(of: 0), gradients: adjoint.takeRecorded(), pixels: byPixels)
    }
}

extension HookedModel {
    /// Runs pictures and the gradients of one number of each one's output.
    /// - Precondition: the pixels are [inputs] + ``Architecture/inputShape``, with at least one input; both plans are of this
    ///   model.
    public func gradients(_ request: GradientRequest, on crew: Crew = Threads.crew) -> GradientResult {
        precondition(
            request.pixels.shape.dropFirst() == architecture.inputShape[...] && request.pixels.shape[0] > 0,
            "pixels \(request.pixels.shape) for a model that takes [n] + \(architecture.inputShape)")
        let share = GradientPass(transformer: transformer, request: request, crew: crew).run()
        let join = { (plan: HookPlan, tensors: (GradientPass.Chunk) -> [Tensor]) in
            plan.captures.enumerated().map { index, capture in
                (name: capture.name, values: RowPieces(share.chunks.map { tensors($0)[index] }))
            }
        }
        let pixels = share.chunks.compactMap(\.pixels)
        return GradientResult(
            output: RowPieces(share.chunks.map(\.output)), captures: join(request.plan, \.captured),
            gradients: join(request.gradients, \.gradients), pixels: pixels.isEmpty ? nil : RowPieces(pixels),
            parameters: share.parameters.map { named($0) } ?? [])
    }
}
