/// To what size a picture is brought before it is cropped. Extents are height before width, as in the files that
/// libraries save.
public enum Resizing: Sendable, Equatable {
    /// It stays as it is.
    case none
    /// Exactly so, whatever becomes of its proportions ("squash").
    case exact(height: Int, width: Int)
    /// The shorter side gets `size`, the longer one `⌊size · long / short⌋`; where that exceeds `longest`, the longer
    /// side gets `longest` and the shorter one follows (torchvision, transformers).
    case shortestEdge(Int, longest: Int? = nil)
    /// In proportion, both sides at least so long; rounded half to even (timm, open_clip).
    case covering(height: Int, width: Int)
    /// In proportion, both sides at most so long; rounded half to even (timm "border", open_clip "longest").
    case fitting(height: Int, width: Int)

    /// The size that a picture of the given size is brought to; no side becomes shorter than one pixel.
    public func size(height: Int, width: Int) -> (height: Int, width: Int) {
        switch self {
        case .none: return (height, width)
        case .exact(let height, let width): return (height, width)
        case .shortestEdge(let size, let longest):
            let sides = Resizing.sides(short: min(height, width), long: max(height, width), size, longest)
            return height <= width ? (sides.short, sides.long) : (sides.long, sides.short)
        case .covering(let targetHeight, let targetWidth):
            let ratio = min(Double(height) / Double(targetHeight), Double(width) / Double(targetWidth))
            return (Resizing.scaled(height, by: ratio), Resizing.scaled(width, by: ratio))
        case .fitting(let targetHeight, let targetWidth):
            let ratio = max(Double(height) / Double(targetHeight), Double(width) / Double(targetWidth))
            return (Resizing.scaled(height, by: ratio), Resizing.scaled(width, by: ratio))
        }
    }

    private static func sides(short: Int, long: Int, _ size: Int, _ longest: Int?) -> (short: Int, long: Int) {
        let stretched = max(1, Int(Double(size * long) / Double(short)))
        guard let longest, stretched > longest else { return (size, stretched) }
        return (max(1, Int(Double(longest * size) / Double(stretched))), longest)
    }

    private static func scaled(_ extent: Int, by ratio: Double) -> Int {
        max(1, Int((Double(extent) / ratio).rounded(.toNearestOrEven)))
    }
}
