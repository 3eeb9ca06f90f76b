/// A rectangle of pixels.
public struct PixelRegion: Sendable, Equatable {
    /// From left to right.
    public var columns: Range<Int>
    /// From top to bottom.
    public var rows: Range<Int>

    /// The pixels that are in both ranges.
    public init(columns: Range<Int>, rows: Range<Int>) {
        self.columns = columns
        self.rows = rows
    }
}
