/// A picture in memory: 8-bit RGB, rows from top to bottom without gaps, `bytes[(y * width + x) * 3 + channel]`.
public struct Pixels: Sendable, Equatable {
    /// Pixels in a row.
    public let width: Int
    /// Rows.
    public let height: Int
    /// The colours, three bytes a pixel.
    public let bytes: [UInt8]
    /// What the file says beyond the colours. Nothing here looks at it but ``Preprocessing`` where it imitates a library
    /// that resizes before it drops it; whatever makes new pixels has `.opaque`.
    public let source: Source

    /// How the colours were stored.
    public enum Source: Sendable, Equatable {
        case opaque
        /// As indices into a palette of three bytes an entry; single bits count as indices too.
        case indexed(palette: [UInt8])
        /// Beside an alpha channel, one byte a pixel.
        case withAlpha([UInt8])
    }

    /// - Precondition: both extents are positive, `bytes` holds three for each pixel, and alpha one.
    public init(width: Int, height: Int, bytes: [UInt8], source: Source = .opaque) {
        precondition(width > 0 && height > 0, "a picture of \(width) × \(height)")
        precondition(bytes.count == width * height * 3, "\(bytes.count) bytes do not fill \(width) × \(height) RGB")
        self.width = width
        self.height = height
        if case .withAlpha(let alpha) = source { precondition(alpha.count == width * height, "alpha of another size") }
        self.bytes = bytes
        self.source = source
    }

    /// One colour everywhere.
    public init(width: Int, height: Int, red: UInt8, green: UInt8, blue: UInt8) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(width * height * 3)
        for _ in 0..<(width * height) {
            bytes.append(red)
            bytes.append(green)
            bytes.append(blue)
        }
        self.init(width: width, height: height, bytes: bytes)
    }

    /// The three channels at column `x`, row `y`.
    public subscript(x: Int, y: Int) -> (red: UInt8, green: UInt8, blue: UInt8) {
        precondition(x >= 0 && x < width && y >= 0 && y < height, "(\(x), \(y)) is outside \(width) × \(height)")
        let start = (y * width + x) * 3
        return (bytes[start], bytes[start + 1], bytes[start + 2])
    }

    /// The part inside `region`.
    /// - Precondition: the region lies inside the picture.
    public func cropped(to region: PixelRegion) -> Pixels {
        precondition(
            region.columns.lowerBound >= 0 && region.columns.upperBound <= width && region.rows.lowerBound >= 0
                && region.rows.upperBound <= height, "\(region) is outside \(width) × \(height)")
        if region.columns.count == width && region.rows.count == height { return self }
        var part: [UInt8] = []
        part.reserveCapacity(region.columns.count * region.rows.count * 3)
        for row in region.rows {
            let start = (row * width + region.columns.lowerBound) * 3
            part.append(contentsOf: bytes[start..<(start + region.columns.count * 3)])
        }
        return Pixels(width: region.columns.count, height: region.rows.count, bytes: part)
    }
}
