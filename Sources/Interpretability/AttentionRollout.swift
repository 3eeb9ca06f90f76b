public import Tensors

/// Attention followed through the layers (Abnar and Zuidema 2020, arXiv:2005.00928): the heads of a layer become one map Ā,
/// the residual connection makes it ½ Ā + ½ I, rows are renormalised, and the layers' maps are multiplied, later ones on
/// the left. A row that is no distribution in any head makes a row that is no number.
public enum AttentionRollout {
    /// How the heads of a layer become one map.
    public enum Combination: String, Sendable, CaseIterable {
        case mean
        case max
        case min
    }

    /// - Parameter layers: one pattern a layer, from the first on, each [head, query, key].
    /// - Returns: [query, key]: what each position of the last layer has taken from each input position.
    /// - Precondition: at least one layer.
    public static func rollout(_ layers: [Tensor], _ combination: Combination) -> Tensor {
        precondition(!layers.isEmpty, "no layer to roll out")
        return layers.dropFirst().reduce(step(layers[0], combination)) { flow, pattern in
            step(pattern, combination).matrixMultiplied(by: flow)
        }
    }

    /// ½ Ā + ½ I with rows that add up to one.
    private static func step(_ pattern: Tensor, _ combination: Combination) -> Tensor {
        let (heads, positions) = (pattern.shape[0], pattern.shape[1])
        return Tensor(shape: [positions, positions]) { target in
            pattern.withSpan { source in
                for query in 0..<positions {
                    let row = query * positions
                    let isWhole = (0..<heads).allSatisfy {
                        source.isDistribution(row: $0 * positions + query, of: positions)
                    }
                    var sum = isWhole ? 0.0 : .nan
                    for key in 0..<positions {
                        var combined = Double(source[row + key])
                        for head in 1..<max(heads, 1) {
                            let other = Double(source[head * positions * positions + row + key])
                            switch combination {
                            case .mean: combined += other
                            case .max: combined = Swift.max(combined, other)
                            case .min: combined = Swift.min(combined, other)
                            }
                        }
                        if combination == .mean { combined /= Double(heads) }
                        let mixed = 0.5 * combined + (key == query ? 0.5 : 0)
                        target[row + key] = Float(mixed)
                        sum += mixed
                    }
                    for key in 0..<positions { target[row + key] = Float(Double(target[row + key]) / sum) }
                }
            }
        }
    }
}
