import Foundation
import Imaging

/// Resizing in float64, term by term from the filters' definitions, clamped but not rounded.
struct ResamplingReference {
    private let reach: Double
    private let filter: (Double) -> Double

    init(_ interpolation: Interpolation) {
        func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
        switch interpolation {
        case .nearest, .box: (reach, filter) = (0.5, { $0 > -0.5 && $0 <= 0.5 ? 1 : 0 })
        case .bilinear: (reach, filter) = (1, { abs($0) < 1 ? 1 - abs($0) : 0 })
        case .hamming: (reach, filter) = (1, { abs($0) < 1 ? sinc($0) * (0.54 + 0.46 * cos(.pi * $0)) : 0 })
        case .lanczos: (reach, filter) = (3, { abs($0) < 3 ? sinc($0) * sinc($0 / 3) : 0 })
        case .bicubic:
            (reach, filter) = (
                2,
                { x in
                    let d = abs(x)
                    if d < 1 { return 1.5 * d * d * d - 2.5 * d * d + 1 }
                    return d < 2 ? -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2 : 0
                }
            )
        }
    }

    func alongX(_ source: Pixels, to target: Int) -> [Double] {
        let scale = Double(source.width) / Double(target)
        let widening = max(1, scale)
        var result: [Double] = []
        for y in 0..<source.height {
            for x in 0..<target {
                let centre = (Double(x) + 0.5) * scale
                let weights = (0..<source.width).map { column -> Double in
                    let distance = Double(column) + 0.5 - centre
                    return abs(distance) <= reach * widening ? filter(distance / widening) : 0
                }
                let total = weights.reduce(0, +)
                for channel in 0..<3 {
                    let terms = weights.enumerated().map { column, weight in
                        weight * Double(source.bytes[(y * source.width + column) * 3 + channel])
                    }
                    result.append(max(0, min(255, terms.reduce(0, +) / total)))
                }
            }
        }
        return result
    }
}
