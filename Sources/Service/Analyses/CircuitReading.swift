internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// Circuits of one model, computed layer by layer or taken from what is kept: each layer waits for the processor anew, so
/// that nobody else waits for all of them.
struct CircuitReading: Sendable {
    /// What `kind` may be.
    enum Kind: String, CaseIterable, Sendable {
        case qk, ov
        case compositionQ = "composition_q"
        case compositionK = "composition_k"
        case compositionV = "composition_v"
    }

    let service: PrismaService
    let loaded: LoadedModel
    let layers: [Int]
    let heads: [Int]

    /// The answer's tensors, by kind.
    func tensors(_ kind: Kind, _ context: RequestContext) async throws -> [(name: String, values: RowPieces)] {
        switch kind {
        case .qk: try await spectra(.queryKey, context)
        case .ov: try await spectra(.outputValue, context)
        case .compositionQ: try await composition(.query, context)
        case .compositionK: try await composition(.key, context)
        case .compositionV: try await composition(.value, context)
        }
    }

    private func spectra(
        _ circuit: HeadCircuit, _ context: RequestContext
    ) async throws -> [(name: String, values: RowPieces)] {
        var spectra: [CircuitSpectrum] = []
        for layer in layers {
            if let kept = loaded.circuits.spectrum(circuit, layer: layer) {
                spectra.append(kept)
                continue
            }
            let spectrum = try await compute(context, "layer \(layer)") { [loaded] crew throws(DecompositionError) in
                try CircuitSpectrum(circuit, of: loaded.model, layer: layer, on: crew)
            }
            loaded.circuits.keep(spectrum, of: circuit, layer: layer)
            spectra.append(spectrum)
        }
        let tensors = { (name: String, part: (CircuitSpectrum) -> Tensor) in
            (name: name, values: RowPieces(spectra.map { part($0).gathered(axis: 0, heads).asOneRow }))
        }
        return [
            tensors("singular_values", \.singularValues), tensors("eigenvalues_re", \.eigenvaluesReal),
            tensors("eigenvalues_im", \.eigenvaluesImaginary), tensors("norms", \.norms),
        ] + (circuit == .outputValue ? [tensors("copying_scores", \.copyingScores)] : [])
    }

    /// [layer, head, layer, head]: the writer, then the reader; 0 where the reader is not the later one.
    private func composition(
        _ kind: HeadComposition, _ context: RequestContext
    ) async throws -> [(name: String, values: RowPieces)] {
        let nothing = Tensor(repeating: 0, shape: [heads.count, 1, heads.count])
        var rows: [Tensor] = []
        for first in layers {
            var tables: [Tensor] = []
            for second in layers {
                guard first < second else {
                    tables.append(nothing)
                    continue
                }
                let table = try await scores(kind, from: first, to: second, context)
                let shown = table.gathered(axis: 0, heads).gathered(axis: 1, heads)
                tables.append(shown.reshaped([heads.count, 1, heads.count]))
            }
            rows.append(Tensor.concatenated(tables, axis: 1).asOneRow)
        }
        return [(kind.rawValue, RowPieces(rows))]
    }

    private func scores(
        _ kind: HeadComposition, from first: Int, to second: Int, _ context: RequestContext
    ) async throws -> Tensor {
        if let kept = loaded.circuits.scores(kind, from: first, to: second) { return kept }
        let table = try await compute(context, "layers \(first) and \(second)") {
            [loaded] crew throws(DecompositionError) in
            try kind.scores(of: loaded.model, from: first, to: second, on: crew)
        }
        loaded.circuits.keep(table, of: kind, from: first, to: second)
        return table
    }

    /// - Throws: A 409 that names the place where weights cannot be taken apart.
    private func compute<Value: Sendable>(
        _ context: RequestContext, _ place: String,
        _ body: @escaping @Sendable (Crew) throws(DecompositionError) -> Value
    ) async throws -> Value {
        let result = try await service.lane.analyse(context) { crew in
            Result { () throws(DecompositionError) in try body(crew) }
        }
        switch result {
        case .success(let value): return value
        case .failure(let error):
            throw Problem(
                .conflict, "The attention weights of \(place) of the model '\(loaded.id)' have no circuits: \(error).")
        }
    }
}

extension Tensor {
    /// With a first axis of one.
    fileprivate var asOneRow: Tensor { reshaped([1] + shape) }
}
