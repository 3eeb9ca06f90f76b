public import Tensors

/// One request's part of a batch: its pictures and what it wants of them.
public struct ForwardRequest: Sendable {
    /// [input] + ``Architecture/inputShape``.
    public let pixels: Tensor
    /// What is kept on the way.
    public let plan: HookPlan

    /// - Parameter pixels: [input] + ``Architecture/inputShape``.
    public init(pixels: Tensor, plan: HookPlan) {
        self.pixels = pixels
        self.plan = plan
    }
}

/// What a forward pass gives one request. First axes are the inputs, in the order given.
public struct ForwardResult: Sendable {
    /// [input] + ``Architecture/outputShape``; `nil` where the plan stops early.
    public let output: RowPieces?
    /// What the plan asked for, in the order of firing.
    public let captures: [(name: String, values: RowPieces)]
}

/// Runs a batch of requests through the blocks, on all threads of a crew.
///
/// ```
/// requests   ┌── A: 3 pictures ──┐┌ B: 2 ┐┌─ C: 2 ─┐
/// shares     ┌──── thread 0 ────┐┌──── thread 1 ───┐┌─ what is left over ─┐
/// ```
/// See ``RowShares``. A share goes through the blocks in chunks of so many tokens that the memory of a pass does not grow with
/// the batch.
struct ForwardPass {
    let transformer: Transformer
    let requests: [ForwardRequest]
    let crew: Crew

    /// Tokens that go through a block at once on one thread: enough rows to keep the products busy.
    private static let tokensAtOnce = 1_600

    func run() -> [ForwardResult] {
        let count = requests.reduce(0) { $0 + $1.pixels.shape[0] }
        let chunks = RowShares.map(count, on: crew) { compute($0, $1) }.flatMap { $0 }
        Memory.passEnded()
        return requests.indices.map { collect(request: $0, from: chunks) }
    }

    /// What one pass over some consecutive rows gave.
    private struct Chunk: Sendable {
        let output: Tensor?
        /// The request each part belongs to, its rows within the chunk, and its captures.
        let parts: [(request: Int, rows: Range<Int>, captured: [Tensor])]
    }

    private func compute(_ rows: Range<Int>, _ crew: Crew) -> [Chunk] {
        let step = max(1, ForwardPass.tokensAtOnce / max(transformer.architecture.positions, 1))
        return stride(from: rows.lowerBound, to: rows.upperBound, by: step).map { start in
            compute(chunk: start..<min(start + step, rows.upperBound), crew)
        }
    }

    private func compute(chunk rows: Range<Int>, _ crew: Crew) -> Chunk {
        var parts: [(request: Int, rows: Range<Int>)] = []
        var pixels: [Tensor] = []
        var start = 0
        for (index, request) in requests.enumerated() {
            let own = start..<(start + request.pixels.shape[0])
            start = own.upperBound
            let common = own.clamped(to: rows)
            guard !common.isEmpty else { continue }
            pixels.append(
                request.pixels.rows((common.lowerBound - own.lowerBound)..<(common.upperBound - own.lowerBound)))
            parts.append((index, (common.lowerBound - rows.lowerBound)..<(common.upperBound - rows.lowerBound)))
        }
        let plans = parts.map { Probe.Part(rows: $0.rows, plan: requests[$0.request].plan) }
        var probe = Probe(plans, layers: transformer.architecture.layers, crew: crew)
        let batch = pixels.count == 1 ? pixels[0] : Tensor.concatenated(pixels)
        let output = transformer(batch, stopAtLayer: plans[0].plan.stopAtLayer, &probe)
        return Chunk(
            output: output, parts: parts.enumerated().map { ($1.request, $1.rows, probe.takeCaptured(of: $0)) })
    }

    private func collect(request: Int, from chunks: [Chunk]) -> ForwardResult {
        var outputs: [Tensor] = []
        var captured: [[Tensor]] = requests[request].plan.records.map { _ in [] }
        for chunk in chunks {
            for part in chunk.parts where part.request == request {
                if let output = chunk.output { outputs.append(output.rows(part.rows)) }
                for (record, tensor) in part.captured.enumerated() { captured[record].append(tensor) }
            }
        }
        let names = requests[request].plan.records.map(\.point.name)
        return ForwardResult(
            output: outputs.isEmpty ? nil : RowPieces(outputs),
            captures: zip(names, captured).map { ($0, RowPieces($1)) })
    }
}
