import CImageCodecs

/// Which source pixels make each target pixel along one axis, and with which weights; the arithmetic is Pillow's to the
/// bit: windows and weights in float64, weights rounded to 22 bits of fraction.
struct ResamplingWindows {
    /// The first source index of each target index.
    private(set) var starts: [Int32] = []
    /// How many source indices from there on have a weight.
    private(set) var counts: [Int32] = []
    /// `taps` weights a target index, those beyond its count zero.
    private(set) var weights: [Int32]
    /// The largest count, rounded up to a multiple of four.
    let taps: Int

    /// - Parameters:
    ///   - source: extent of the source.
    ///   - target: extent of the whole target.
    ///   - range: the target indices that are wanted.
    init(source: Int, target: Int, keeping range: Range<Int>, _ interpolation: Interpolation) {
        let scale = Double(source) / Double(target)
        let widening = max(scale, 1)
        let reach = interpolation.support * widening
        starts.reserveCapacity(range.count)
        counts.reserveCapacity(range.count)
        for index in range {
            let centre = (Double(index) + 0.5) * scale
            let first = max(0, Int(centre - reach + 0.5))
            let end = min(source, Int(centre + reach + 0.5))
            starts.append(Int32(first))
            counts.append(Int32(end - first))
        }
        taps = (Int(counts.max() ?? 0) + 3) / 4 * 4
        weights = [Int32](repeating: 0, count: taps * range.count)
        var exact = [Double](repeating: 0, count: taps)
        for (position, index) in range.enumerated() {
            let centre = (Double(index) + 0.5) * scale
            var sum = 0.0
            for tap in 0..<Int(counts[position]) {
                let distance = (Double(tap + Int(starts[position])) - centre + 0.5) * (1 / widening)
                exact[tap] = interpolation.weight(at: distance)
                sum += exact[tap]
            }
            for tap in 0..<Int(counts[position]) {
                weights[position * taps + tap] = ResamplingWindows.fixedPoint(sum == 0 ? exact[tap] : exact[tap] / sum)
            }
        }
    }

    /// The source indices that any window touches.
    var touched: Range<Int> {
        guard let first = starts.first, let start = starts.last, let count = counts.last else { return 0..<0 }
        return Int(first)..<Int(start + count)
    }

    /// The same windows over a source that begins at the first index they touch.
    func rebased() -> ResamplingWindows {
        var windows = self
        let first = touched.lowerBound
        for index in windows.starts.indices { windows.starts[index] -= Int32(first) }
        return windows
    }

    /// Rounded half away from zero.
    private static func fixedPoint(_ weight: Double) -> Int32 {
        let scaled = weight * Double(1 << CODEC_WEIGHT_BITS)
        return Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
    }
}
