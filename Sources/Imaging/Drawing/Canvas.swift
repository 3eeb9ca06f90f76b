/// A picture that is being drawn: 8-bit RGB, rows from top to bottom. What lies outside is left out.
public struct Canvas: Sendable, Equatable {
    /// Pixels in a row.
    public let width: Int
    /// Rows.
    public let height: Int
    /// The colours, `bytes[(y * width + x) * 3 + channel]`.
    public private(set) var bytes: [UInt8]

    /// One colour everywhere.
    /// - Precondition: both extents are positive.
    public init(width: Int, height: Int, colour: Colour) {
        precondition(width > 0 && height > 0, "a canvas of \(width) × \(height)")
        self.width = width
        self.height = height
        bytes = [UInt8](repeating: colour.red, count: width * height * 3)
        if colour.green != colour.red || colour.blue != colour.red {
            fill(PixelRegion(columns: 0..<width, rows: 0..<height), colour)
        }
    }

    /// What has been drawn.
    public var pixels: Pixels { Pixels(width: width, height: height, bytes: bytes) }

    /// What has been drawn, as PNG. Figures are flat: the third level is nearly as small as the ninth, and quick.
    public func png(compression: Int = 3) throws(ImageError) -> [UInt8] {
        try PNG.encode(bytes, width: width, height: height, .rgb, compression: compression)
    }

    /// The colour at column `x`, row `y`.
    public subscript(x: Int, y: Int) -> Colour {
        precondition(x >= 0 && x < width && y >= 0 && y < height, "(\(x), \(y)) is outside \(width) × \(height)")
        let start = (y * width + x) * 3
        return Colour(red: bytes[start], green: bytes[start + 1], blue: bytes[start + 2])
    }

    /// Fills a rectangle, letting what is below shine through where `opacity` is less than 1.
    public mutating func fill(_ region: PixelRegion, _ colour: Colour, opacity: Double = 1) {
        let region = visible(region)
        let coverage = Colour.coverage(opacity)
        if coverage == 0 || region.columns.isEmpty { return }
        let width = width
        var span = bytes.mutableSpan
        for y in region.rows {
            for start in stride(
                from: (y * width + region.columns.lowerBound) * 3, to: (y * width + region.columns.upperBound) * 3,
                by: 3)
            {
                Canvas.blend(&span, start, colour, coverage)
            }
        }
    }

    /// Draws a rectangle's border, one pixel wide, inside of it.
    public mutating func outline(_ region: PixelRegion, _ colour: Colour) {
        guard let (left, right) = region.columns.ends, let (top, bottom) = region.rows.ends else { return }
        for y in [top, bottom] { fill(PixelRegion(columns: region.columns, rows: y..<(y + 1)), colour) }
        for x in [left, right] { fill(PixelRegion(columns: x..<(x + 1), rows: region.rows), colour) }
    }

    /// Draws a line of one pixel's width from one pixel to another, both included (Bresenham).
    public mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int), _ colour: Colour) {
        let (width, height) = (abs(end.x - start.x), abs(end.y - start.y))
        let (right, down) = (end.x > start.x ? 1 : -1, end.y > start.y ? 1 : -1)
        var (x, y, error) = (start.x, start.y, width - height)
        while true {
            set(x, y, colour, coverage: 255)
            if x == end.x && y == end.y { return }
            let doubled = 2 * error
            if doubled > -height { (error, x) = (error - height, x + right) }
            if doubled < width { (error, y) = (error + width, y + down) }
        }
    }

    /// Blends one pixel; nothing happens outside.
    mutating func set(_ x: Int, _ y: Int, _ colour: Colour, coverage: UInt8) {
        guard x >= 0, x < width, y >= 0, y < height, coverage > 0 else { return }
        let start = (y * width + x) * 3
        var span = bytes.mutableSpan
        Canvas.blend(&span, start, colour, coverage)
    }

    /// The part of a rectangle that lies on the canvas.
    func visible(_ region: PixelRegion) -> PixelRegion {
        PixelRegion(columns: region.columns.clamped(to: 0..<width), rows: region.rows.clamped(to: 0..<height))
    }

    /// Lets `body` write the bytes.
    mutating func withBytes(_ body: (inout MutableSpan<UInt8>) -> Void) {
        var span = bytes.mutableSpan
        body(&span)
    }

    @inline(__always)
    static func blend(_ bytes: inout MutableSpan<UInt8>, _ start: Int, _ colour: Colour, _ coverage: UInt8) {
        if coverage == 255 {
            bytes[start] = colour.red
            bytes[start + 1] = colour.green
            bytes[start + 2] = colour.blue
        } else {
            bytes[start] = Colour.blend(bytes[start], colour.red, coverage)
            bytes[start + 1] = Colour.blend(bytes[start + 1], colour.green, coverage)
            bytes[start + 2] = Colour.blend(bytes[start + 2], colour.blue, coverage)
        }
    }
}

extension PixelRegion {
    /// A rectangle by its upper left corner and its extents; a negative extent is none.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.init(columns: x..<(x + max(width, 0)), rows: y..<(y + max(height, 0)))
    }
}

extension Range<Int> {
    /// The first and the last element.
    fileprivate var ends: (Int, Int)? { isEmpty ? nil : (lowerBound, upperBound - 1) }
}
