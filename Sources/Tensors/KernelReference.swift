import Foundation

/// The slow, plain form of each kernel, in float64: what the fast ones are held against.
public enum KernelReference {
    /// a [m, k] · b [k, n] + bias [n], row-major.
    public static func product(_ a: [Float], _ b: [Float], bias: [Float], m: Int, k: Int, n: Int) -> [Double] {
        var result = [Double](repeating: 0, count: m * n)
        for row in 0..<m {
            for column in 0..<n {
                var sum = bias.isEmpty ? 0 : Double(bias[column])
                for term in 0..<k { sum += Double(a[row * k + term]) * Double(b[term * n + column]) }
                result[row * n + column] = sum
            }
        }
        return result
    }

    /// One value.
    public static func activation(_ activation: Activation, _ x: Double) -> Double {
        switch activation {
        case .identity: x
        case .relu: x < 0 ? 0 : x
        case .gelu: 0.5 * x * erfc(-x / 2.0.squareRoot())
        case .geluTanh: x * sigmoid(2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))
        case .quickGELU: x * sigmoid(1.702 * x)
        case .silu: x * sigmoid(x)
        }
    }

    /// The derivative of an activation at one value.
    public static func activationSlope(_ activation: Activation, _ x: Double) -> Double {
        /// Of x · σ(u).
        func gated(_ u: Double, _ slope: Double) -> Double { sigmoid(u) + x * sigmoid(u) * sigmoid(-u) * slope }
        let root = (2 / Double.pi).squareRoot()
        switch activation {
        case .identity: return 1
        case .relu: return x > 0 ? 1 : 0
        case .gelu: return 0.5 * erfc(-x / 2.0.squareRoot()) + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
        case .geluTanh:
            // Far out the cube of x has no number, and the slope is that of the identity or of nothing.
            guard abs(x) < 100 else { return x > 0 ? 1 : 0 }
            return gated(2 * root * (x + 0.044715 * x * x * x), 2 * root * (1 + 3 * 0.044715 * x * x))
        case .quickGELU: return gated(1.702 * x, 1.702)
        case .silu: return gated(x, 1)
        }
    }

    /// Rows of length d: the gradients of Σ g · layerNorm(x) by x, by the scale while the centred row is held, and by
    /// weight and bias.
    public static func layerNormAdjoint(
        _ x: [Float], _ g: [Float], weight: [Float]?, eps: Double, d: Int
    ) -> (x: [Double], scale: [Double], weight: [Double], bias: [Double]) {
        let (normalized, scales) = layerNorm(x, weight: nil, bias: nil, eps: eps, d: d)
        var (byX, byScale) = ([Double](), [Double]())
        var (byWeight, byBias) = ([Double](repeating: 0, count: d), [Double](repeating: 0, count: d))
        for (row, scale) in scales.enumerated() {
            let range = (row * d)..<((row + 1) * d)
            let slopes = range.map { index in Double(g[index]) * (weight.map { Double($0[index % d]) } ?? 1) }
            let mean = slopes.reduce(0, +) / Double(d)
            let along = zip(slopes, normalized[range]).reduce(0) { $0 + $1.0 * $1.1 }
            byScale.append(-along / scale)
            for index in range {
                byX.append((slopes[index % d] - mean - normalized[index] * along / Double(d)) / scale)
                byWeight[index % d] += Double(g[index]) * normalized[index]
                byBias[index % d] += Double(g[index])
            }
        }
        return (byX, byScale, byWeight, byBias)
    }

    /// Rows of length d: the normalised values and the scale of each row.
    public static func layerNorm(
        _ x: [Float], weight: [Float]?, bias: [Float]?, eps: Double, d: Int
    ) -> (normalized: [Double], scale: [Double]) {
        var normalized: [Double] = []
        var scales: [Double] = []
        for start in stride(from: 0, to: x.count, by: d) {
            let row = x[start..<(start + d)].map(Double.init)
            let mean = row.reduce(0, +) / Double(d)
            let scale = (row.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(d) + eps).squareRoot()
            scales.append(scale)
            for (index, value) in row.enumerated() {
                let factor = weight.map { Double($0[index]) } ?? 1
                normalized.append((value - mean) / scale * factor + (bias.map { Double($0[index]) } ?? 0))
            }
        }
        return (normalized, scales)
    }

    /// Rows of length d.
    public static func softmax(_ x: [Float], d: Int) -> [Double] {
        var result: [Double] = []
        for start in stride(from: 0, to: x.count, by: d) {
            let row = x[start..<(start + d)].map(Double.init)
            let top = row.max() ?? 0
            let powers = row.map { exp($0 - top) }
            let sum = powers.reduce(0, +)
            result += powers.map { sum > 0 ? $0 / sum : 0 }
        }
        return result
    }

    private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}
