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
