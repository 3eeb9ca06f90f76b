internal import Tensors

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
    static let tokensAtOnce = 1_600

    func run() -> [ForwardResult] {
        let count = requests.reduce(0) { $0 + $1.rows }
        if requests.count == 1, requests[0].plan.readsInputs {
            return [collect(request: 0, from: [compute(chunk: 0..<count, crew)])]
        }
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
        var parts: [(request: Int, rows: Range<Int>, firstInput: Int)] = []
        var pixels: [Tensor] = []
        var ids: [Tensor] = []
        var start = 0
        for (index, request) in requests.enumerated() {
            let own = start..<(start + request.rows)
            start = own.upperBound
            let common = own.clamped(to: rows)
            guard !common.isEmpty else { continue }
            let inputs = (common.lowerBound - own.lowerBound)..<(common.upperBound - own.lowerBound)
            pixels.append(request.pixels.rows(inputs))
            if let own = request.ids { ids.append(own.rows(inputs)) }
            let within = (common.lowerBound - rows.lowerBound)..<(common.upperBound - rows.lowerBound)
            parts.append((index, within, inputs.lowerBound))
        }
        let plans = parts.map {
            Probe.Part(rows: $0.rows, firstInput: $0.firstInput, plan: requests[$0.request].plan)
        }
        var probe = Probe(plans, layers: transformer.architecture.layers, crew: crew)
        let batch = pixels.count == 1 ? pixels[0] : Tensor.concatenated(pixels)
        let stop = plans[0].plan.stopAtLayer
        let output =
            if let layer = requests[parts[0].request].layer {
                transformer(
                    streams: batch, entering: layer, ids: ids.isEmpty ? nil : Tensor.concatenated(ids),
                    areCopies: parts.count == 1 && requests[parts[0].request].areCopies,
                    stopAtLayer: stop,
                    &probe)
            } else {
                transformer(batch, stopAtLayer: stop, &probe)
            }
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
