internal import Interpretability
internal import Synchronization
internal import Tensors

/// What was computed out of a model's weights, kept as long as the model: weights do not change. At most one spectrum a
/// circuit and layer, and one table of scores a kind and pair of layers.
final class CircuitStore: Sendable {
    private let spectra = Mutex<[SpectrumKey: CircuitSpectrum]>([:])
    private let scores = Mutex<[ScoresKey: Tensor]>([:])

    private struct SpectrumKey: Hashable {
        let circuit: HeadCircuit
        let layer: Int
    }

    private struct ScoresKey: Hashable {
        let kind: HeadComposition
        let first: Int
        let second: Int
    }

    /// What is there; `nil` where it has not been computed.
    func spectrum(_ circuit: HeadCircuit, layer: Int) -> CircuitSpectrum? {
        spectra.withLock { $0[SpectrumKey(circuit: circuit, layer: layer)] }
    }

    func keep(_ spectrum: CircuitSpectrum, of circuit: HeadCircuit, layer: Int) {
        spectra.withLock { $0[SpectrumKey(circuit: circuit, layer: layer)] = spectrum }
    }

    /// [head of the first layer, head of the second].
    func scores(_ kind: HeadComposition, from first: Int, to second: Int) -> Tensor? {
        scores.withLock { $0[ScoresKey(kind: kind, first: first, second: second)] }
    }

    func keep(_ table: Tensor, of kind: HeadComposition, from first: Int, to second: Int) {
        scores.withLock { $0[ScoresKey(kind: kind, first: first, second: second)] = table }
    }
}
