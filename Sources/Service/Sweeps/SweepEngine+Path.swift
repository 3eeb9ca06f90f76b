internal import HookedModels
internal import Interpretability
internal import Tensors

/// Path patching: what changed heads say to receivers alone.
extension SweepEngine {
    /// The output of each row as the receivers alone carry the row's changes there.
    /// - Parameter rows: copies of one run, all from one layer on, that change z.
    func outputs(_ rows: [Row], along path: PatchPath) async throws -> [Tensor] {
        guard let (input, layer) = rows.first.map({ ($0.input, $0.layer) }) else { return [] }
        let reach = path.reach(from: layer)
        if path.receivers != nil, reach == nil { return rows.map { base.outputs[$0.input] } }
        let stop = reach.map { $0.upperBound + 1 }
        let held = path.held(from: layer, stopAtLayer: stop)
        let stored = base.activations(of: input)
        // In this order: what the senders say stands over what all heads are held at. Of several senders of one row, some may
        // come after all receivers.
        let sending =
            held.map { Intervention($0, .set(.stored(stored))) }
            + rows.enumerated().flatMap { $1.interventions($0) }.filter { held.contains($0.hook) }
        let heard = try await pass(
            rows, from: layer, sending, captures: path.captures(after: layer), stopAtLayer: stop)
        guard let reach else { return heard.outputs }
        let captured = heard.captures.map { ($0.name, $0.values.joined) }
        let receiving = path.interventions(Dictionary(uniqueKeysWithValues: captured))
        return try await pass(rows, from: reach.lowerBound, receiving).outputs
    }
}

extension ForwardResult {
    /// One of each row, in the model's output shape.
    var outputs: [Tensor] { output?.rows.map { $0.squeezed() } ?? [] }
}
