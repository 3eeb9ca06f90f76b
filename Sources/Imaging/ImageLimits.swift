/// What is accepted of a picture, checked on its declared size before anything is allocated for it.
public struct ImageLimits: Sendable, Equatable {
    /// The largest product of width and height.
    public var pixels: Int
    /// The longest side. JPEG can declare no longer one; a PNG of 1 × 50,000,000 would cost minutes to resize.
    public var side: Int

    /// The limits of the interface unless told otherwise.
    public init(pixels: Int = 50_000_000, side: Int = 65_535) {
        self.pixels = pixels
        self.side = side
    }

    func check(width: Int, height: Int) throws(ImageError) {
        if width > side || height > side { throw .tooLong(width: width, height: height, limit: side) }
        let (area, overflow) = width.multipliedReportingOverflow(by: height)
        if overflow || area > pixels { throw .tooLarge(width: width, height: height, limit: pixels) }
    }
}
