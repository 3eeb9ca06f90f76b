public import HookedModels
public import Tensors

/// The numbers that describe the circuits of one layer's heads.
public struct CircuitSpectrum: Sendable {
    /// Falling: [head, d_head].
    public let singularValues: Tensor
    /// Real parts, the largest magnitude first: [head, d_head].
    public let eigenvaluesReal: Tensor
    /// Imaginary parts in the same order, conjugates one after the other: [head, d_head].
    public let eigenvaluesImaginary: Tensor
    /// Frobenius: [head].
    public let norms: Tensor
    /// Σ Re λ / Σ |λ| of each head, from −1 to 1: of the OV circuit, whether what is attended to is written on (1), or its
    /// opposite (−1); 0 where all eigenvalues are zero. [head].
    public let copyingScores: Tensor

    /// - Throws: where a head's weights are not finite.
    public init(
        _ circuit: HeadCircuit, of model: HookedModel, layer: Int, on crew: Crew = .solo
    ) throws(DecompositionError) {
        let factors = circuit.factors(of: model, layer: layer)
        let heads = crew.collect(factors.count) { head in
            Result { () throws(DecompositionError) in try HeadSpectrum(factors[head]) }
        }
        var spectra: [HeadSpectrum] = []
        for head in heads { spectra.append(try head.get()) }
        let width = model.architecture.headWidth
        let matrix = { (values: (HeadSpectrum) -> [Double]) in
            Tensor(shape: [spectra.count, width], elements: spectra.flatMap { values($0).map { Float($0) } })
        }
        singularValues = matrix(\.singularValues)
        eigenvaluesReal = matrix(\.real)
        eigenvaluesImaginary = matrix(\.imaginary)
        norms = Tensor(shape: [spectra.count], elements: spectra.map { Float($0.norm) })
        copyingScores = Tensor(shape: [spectra.count], elements: spectra.map { Float($0.copyingScore) })
    }
}

/// The same of one head, in float64.
private struct HeadSpectrum: Sendable {
    let singularValues: [Double]
    let real: [Double]
    let imaginary: [Double]

    init(_ factors: FactoredMatrix) throws(DecompositionError) {
        singularValues = try factors.singularValuesAlone()
        let eigenvalues = try factors.eigenvalues()
        real = eigenvalues.map(\.real)
        imaginary = eigenvalues.map(\.imaginary)
    }

    var norm: Double { singularValues.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    var copyingScore: Double {
        let magnitudes = zip(real, imaginary).reduce(0) { $0 + $1.0.magnitude(with: $1.1) }
        return magnitudes > 0 ? real.reduce(0, +) / magnitudes : 0
    }
}
