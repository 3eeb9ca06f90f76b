internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// Circuits of one model, computed layer by layer or taken from what is kept: each layer waits for the processor anew, so
/// that nobody else waits for all of them.
struct CircuitReading: Sendable {
    /// What `kind` may be: circuits of heads, or how heads feed each other.
    enum Kind: RawRepresentable, CaseIterable, Sendable {
        case spectrum(HeadCircuit)
        case composition(HeadComposition)

        static let allCases = HeadCircuit.allCases.map(Kind.spectrum) + HeadComposition.allCases.map(Kind.composition)

        init?(rawValue: String) {
            guard let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
            self = kind
        }

        var rawValue: String {
            switch self {
            case .spectrum(let circuit): circuit.rawValue
            case .composition(let composition): composition.rawValue
            }
        }
    }

    let service: PrismaService
    let loaded: LoadedModel
    let tower: LoadedTower
    let layers: [Int]
    let heads: [Int]

    /// The answer's tensors, by kind.
    func tensors(_ kind: Kind, _ context: RequestContext) async throws -> [(name: String, values: RowPieces)] {
        switch kind {
        case .spectrum(let circuit): try await spectra(circuit, context)
        case .composition(let kind): try await composition(kind, context)
        }
    }

    private func spectra(
        _ circuit: HeadCircuit, _ context: RequestContext
    ) async throws -> [(name: String, values: RowPieces)] {
        var spectra: [CircuitSpectrum] = []
        for layer in layers {
            if let kept = tower.circuits.spectrum(circuit, layer: layer) {
                spectra.append(kept)
                continue
            }
            let spectrum = try await compute(context, "layer \(layer)") { [tower] crew throws(DecompositionError) in
                try CircuitSpectrum(circuit, of: tower.model, layer: layer, on: crew)
            }
            tower.circuits.keep(spectrum, of: circuit, layer: layer)
            spectra.append(spectrum)
        }
        let tensors = { (name: String, part: (CircuitSpectrum) -> Tensor) in
            (name: name, values: RowPieces(spectra.map { part($0).gathered(axis: 0, heads).unsqueezed() }))
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
        var readers: [Int: CompositionSide] = [:]
        var rows: [Tensor] = []
        for first in layers {
            try await compose(kind, first, &readers, context)
            let tables = layers.map { second in
                tower.circuits.scores(kind, from: first, to: second).map { table in
                    table.gathered(axis: 0, heads).gathered(axis: 1, heads).reshaped(nothing.shape)
                } ?? nothing
            }
            rows.append(Tensor.concatenated(tables, axis: 1).unsqueezed())
        }
        return [(kind.rawValue, RowPieces(rows))]
    }

    /// Computes what is not kept yet of the scores between a layer and the later ones.
    private func compose(
        _ kind: HeadComposition, _ first: Int, _ readers: inout [Int: CompositionSide], _ context: RequestContext
    ) async throws {
        let missing = layers.filter { $0 > first && tower.circuits.scores(kind, from: first, to: $0) == nil }
        if missing.isEmpty { return }
        let writers = try await compute(context, "layer \(first)") { [tower] crew throws(DecompositionError) in
            try kind.writers(of: tower.model, layer: first, on: crew)
        }
        for second in missing {
            let known = readers[second]
            let (side, table) = try await compute(context, "layer \(second)") {
                [tower] crew throws(DecompositionError) in
                let side = if let known { known } else { try kind.readers(of: tower.model, layer: second, on: crew) }
                return (side, writers.scores(readBy: side, on: crew))
            }
            readers[second] = side
            tower.circuits.keep(table, of: kind, from: first, to: second)
        }
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
