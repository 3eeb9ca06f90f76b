import Checkpoints
import HookedModels
import Interpretability
import ServiceTesting
import Tensors
import Testing

@Suite struct HeadCircuitTests {
    private struct Complex {
        let real: Float
        let imaginary: Float

        func distance(_ other: Complex) -> Float {
            let (x, y) = (real - other.real, imaginary - other.imaginary)
            return (x * x + y * y).squareRoot()
        }
    }

    @Test(arguments: AnalysisReference.golden, [("QK", HeadCircuit.queryKey), ("OV", .outputValue)])
    func spectraAreTheReferences(_ reference: AnalysisReference, _ circuit: (String, HeadCircuit)) throws {
        let model = try reference.load()
        let golden = try reference.tensors("factored")
        let truth = { (name: String) in try #require(golden["\(circuit.0)_\(name)"]) }
        let spectra = try (0..<model.architecture.layers).map {
            try CircuitSpectrum(circuit.1, of: model, layer: $0, on: Threads.crew)
        }
        let stacked = { (part: (CircuitSpectrum) -> Tensor) in
            Tensor.concatenated(spectra.map { part($0).reshaped([1] + part($0).shape) })
        }
        #expect(relativeDifference(stacked(\.singularValues), try truth("singular_values")) < 1e-6)
        #expect(relativeDifference(stacked(\.norms), try truth("frobenius_norm")) < 1e-6)
        if circuit.1 == .outputValue {
            #expect(relativeDifference(stacked(\.copyingScores), try truth("copying_score")) < 1e-5)
        }
        let ours = (stacked(\.eigenvaluesReal), stacked(\.eigenvaluesImaginary))
        let theirs = (try truth("eigenvalues_re"), try truth("eigenvalues_im"))
        #expect(ours.0.shape == theirs.0.shape && ours.1.shape == theirs.1.shape)
        let largest = theirs.0.elements.map(\.magnitude).max() ?? 0
        for layer in 0..<model.architecture.layers {
            for head in 0..<model.architecture.heads {
                let (mine, wanted) = (set(ours, layer, head), set(theirs, layer, head))
                #expect(distance(mine, wanted) < 1e-5 * largest, "layer \(layer), head \(head)")
            }
        }
    }

    private func set(_ parts: (Tensor, Tensor), _ layer: Int, _ head: Int) -> [Complex] {
        (0..<parts.0.shape[2]).map { Complex(real: parts.0[layer, head, $0], imaginary: parts.1[layer, head, $0]) }
    }

    /// Between two multisets: each of the one takes the nearest that is left of the other.
    private func distance(_ mine: [Complex], _ wanted: [Complex]) -> Float {
        var left = wanted
        return mine.reduce(0) { worst, value in
            guard let nearest = left.indices.min(by: { left[$0].distance(value) < left[$1].distance(value) }) else {
                return .infinity
            }
            return max(worst, left.remove(at: nearest).distance(value))
        }
    }

    @Test(arguments: AnalysisReference.golden, HeadComposition.allCases)
    func compositionIsTheReferences(_ reference: AnalysisReference, _ kind: HeadComposition) throws {
        let model = try reference.load()
        let name = "composition_" + kind.rawValue.suffix(1).uppercased()
        let truth = try #require(try reference.tensors("factored")[name])
        let (layers, heads) = (model.architecture.layers, model.architecture.heads)
        for first in 0..<layers {
            for second in (first + 1)..<max(layers, first + 1) {
                let scores = try kind.writers(of: model, layer: first, on: Threads.crew).scores(
                    readBy: kind.readers(of: model, layer: second), on: Threads.crew)
                #expect(scores.shape == [heads, heads])
                for writer in 0..<heads {
                    for reader in 0..<heads {
                        #expect(abs(scores[writer, reader] - truth[first, writer, second, reader]) < 1e-6)
                    }
                }
            }
        }
    }

    /// What is asked of a layer's heads at once is what each pair of them gives by itself.
    @Test(arguments: HeadComposition.allCases)
    func scoresAreThoseOfTheFactoredMatrices(_ kind: HeadComposition) throws {
        let model = try TinyModel(layers: 2, width: 36, heads: 4).load()
        let scores = try kind.writers(of: model, layer: 0).scores(readBy: kind.readers(of: model, layer: 1))
        let writers = HeadCircuit.outputValue.factors(of: model, layer: 0)
        let readers =
            switch kind {
            case .query: HeadCircuit.queryKey.factors(of: model, layer: 1)
            case .key: HeadCircuit.queryKey.factors(of: model, layer: 1).map(\.transposed)
            case .value: HeadCircuit.outputValue.factors(of: model, layer: 1)
            }
        for (writer, a) in writers.enumerated() {
            for (reader, b) in readers.enumerated() {
                #expect(abs(Double(scores[writer, reader]) - a.compositionScore(with: b)) < 1e-6)
            }
        }
    }

    /// Rewriting the factors by their singular values changes no circuit.
    @Test func circuitsOfRefactoredHeadsAreTheSame() throws {
        let tiny = TinyModel(layers: 2, width: 36, heads: 4)
        let rewritten = try tiny.load(options: ModelOptions(processing: [.refactorAttention]))
        let (before, after) = (
            try CircuitSpectrum(.outputValue, of: tiny.load(), layer: 1),
            try CircuitSpectrum(.outputValue, of: rewritten, layer: 1)
        )
        #expect(relativeDifference(after.singularValues, before.singularValues) < 1e-5)
        #expect(relativeDifference(after.copyingScores, before.copyingScores) < 1e-4)
    }

    /// A head whose W_V · W_O is c times the projection on its own features copies (c > 0) or takes away (c < 0).
    @Test func aHeadThatCopiesScoresOne() throws {
        let tiny = TinyModel(.timm, layers: 1, width: 24, heads: 3)
        var checkpoint = tiny.checkpoint
        let names = checkpoint.tensors.map(\.name)
        let qkv = try #require(names.firstIndex(of: "blocks.0.attn.qkv.weight"))
        let projection = try #require(names.firstIndex(of: "blocks.0.attn.proj.weight"))
        var (values, outputs) = (checkpoint.tensors[qkv].value.tensor, Tensor(repeating: 0, shape: [24, 24]))
        values.withMutableSpan { span in
            for row in 0..<24 { for column in 0..<24 { span[(48 + row) * 24 + column] = row == column ? 1 : 0 } }
        }
        outputs.withMutableSpan { span in
            for place in 0..<24 { span[place * 24 + place] = place < 8 ? 2 : place < 16 ? -0.5 : 0 }
        }
        checkpoint.tensors[qkv].value = ArrayValue(values)
        checkpoint.tensors[projection].value = ArrayValue(outputs)
        let spectrum = try CircuitSpectrum(.outputValue, of: checkpoint.load(), layer: 0)
        #expect(spectrum.copyingScores.elements == [1, -1, 0])
        #expect(spectrum.eigenvaluesReal.rows(0..<1).elements == Array(repeating: 2, count: 8))
        #expect(spectrum.eigenvaluesReal.rows(1..<2).elements == Array(repeating: -0.5, count: 8))
        #expect(spectrum.singularValues.rows(1..<2).elements == Array(repeating: 0.5, count: 8))
        #expect(abs(spectrum.norms[0] - 2 * Float(8).squareRoot()) < 1e-6)
        #expect(spectrum.norms[2] == 0)
    }

    @Test func weightsThatAreNotFiniteHaveNoCircuits() throws {
        var checkpoint = TinyModel(.timm).checkpoint
        let place = try #require(checkpoint.tensors.firstIndex { $0.name == "blocks.1.attn.proj.weight" })
        var tensor = checkpoint.tensors[place].value.tensor
        tensor.withMutableSpan { $0[0] = .infinity }
        checkpoint.tensors[place].value = ArrayValue(tensor)
        let model = try checkpoint.load()
        #expect(throws: DecompositionError.notFinite) { try CircuitSpectrum(.outputValue, of: model, layer: 1) }
        #expect(throws: DecompositionError.notFinite) { try HeadComposition.value.writers(of: model, layer: 1) }
        #expect(throws: DecompositionError.notFinite) { try HeadComposition.value.readers(of: model, layer: 1) }
        _ = try CircuitSpectrum(.queryKey, of: model, layer: 1)
        _ = try HeadComposition.query.readers(of: model, layer: 1)
    }
}
