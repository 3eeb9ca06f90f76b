/// A small square picture with transparency.
public struct Sprite: Sendable, Equatable {
    /// Pixels in a row, and rows.
    public let side: Int
    /// Red, green and blue times opacity, then opacity; four bytes a pixel, rows from the top.
    let premultiplied: [UInt8]

    /// - Precondition: four bytes for each pixel.
    init(side: Int, premultiplied: [UInt8]) {
        precondition(premultiplied.count == side * side * 4, "\(premultiplied.count) bytes for a sprite of \(side)")
        self.side = side
        self.premultiplied = premultiplied
    }

    /// In another size, each pixel the mean over its area of the source; 16 bits of fraction.
    /// - Precondition: `side` is 1 … 4,096.
    public func scaled(to side: Int) -> Sprite {
        precondition((1...4_096).contains(side), "a sprite of \(side) pixels")
        if side == self.side { return self }
        let windows = (0..<side).map { Self.window($0, from: self.side, to: side) }
        let narrow = Self.averaged(premultiplied, rows: self.side, stride: self.side, windows, transposed: false)
        let small = Self.averaged(narrow, rows: side, stride: side, windows, transposed: true)
        return Sprite(side: side, premultiplied: small)
    }

    /// The source pixels under target pixel `index` with how much of each lies there; the weights of a window sum to 2¹⁶.
    private static func window(_ index: Int, from source: Int, to target: Int) -> [(index: Int, weight: Int)] {
        let (start, end) = (index * source, (index + 1) * source)  // in units of 1 / target source pixels
        var left = 1 << 16
        var taps: [(index: Int, weight: Int)] = []
        for pixel in (start / target)...((end - 1) / target) {
            let overlap = min(end, (pixel + 1) * target) - max(start, pixel * target)
            let weight = (overlap << 16) / source
            taps.append((pixel, weight))
            left -= weight
        }
        taps[taps.count / 2].weight += left
        return taps
    }

    /// Averages along rows, or along columns where `transposed`; `rows` lines of the other axis.
    private static func averaged(
        _ source: [UInt8], rows: Int, stride: Int, _ windows: [[(index: Int, weight: Int)]], transposed: Bool
    ) -> [UInt8] {
        let columns = transposed ? stride : windows.count
        var result = [UInt8](repeating: 0, count: 4 * rows * windows.count)
        for line in 0..<rows {
            for (place, window) in windows.enumerated() {
                var sums = (1 << 15, 1 << 15, 1 << 15, 1 << 15)
                for (index, weight) in window {
                    let at = 4 * (transposed ? index * stride + line : line * stride + index)
                    sums.0 += Int(source[at]) * weight
                    sums.1 += Int(source[at + 1]) * weight
                    sums.2 += Int(source[at + 2]) * weight
                    sums.3 += Int(source[at + 3]) * weight
                }
                let target = 4 * (transposed ? place * columns + line : line * columns + place)
                result[target] = UInt8(sums.0 >> 16)
                result[target + 1] = UInt8(sums.1 >> 16)
                result[target + 2] = UInt8(sums.2 >> 16)
                result[target + 3] = UInt8(sums.3 >> 16)
            }
        }
        return result
    }
}
