/// The middle of a picture, of a fixed size; what lies outside the picture is filled.
public struct CentreCrop: Sendable, Equatable {
    /// Where the middle is when an odd number of pixels is to be cut or filled: the libraries disagree by one pixel.
    public enum Rounding: String, Sendable, CaseIterable {
        /// The half margin rounded down (transformers).
        case down
        /// Half to even when cutting, towards zero when filling (torchvision, timm, open_clip).
        case halfToEven = "half_to_even"
    }

    /// Rows of the result.
    public var height: Int
    /// Columns of the result.
    public var width: Int
    /// Where the middle is.
    public var rounding: Rounding
    /// The colour outside the picture, before it is rescaled: red, green, blue.
    public var fill: [UInt8]

    /// - Precondition: positive extents, three numbers in `fill`.
    public init(height: Int, width: Int, rounding: Rounding, fill: [UInt8] = [0, 0, 0]) {
        precondition(height > 0 && width > 0, "a crop of \(height) × \(width)")
        precondition(fill.count == 3, "a colour of \(fill.count) channels")
        self.height = height
        self.width = width
        self.rounding = rounding
        self.fill = fill
    }

    /// The first row (or column) of the crop in the picture's count; negative where the picture is smaller.
    func origin(extent: Int, crop: Int) -> Int {
        let margin = extent - crop
        return switch rounding {
        case .down: margin >= 0 ? margin / 2 : -((1 - margin) / 2)
        case .halfToEven: margin >= 0 ? Int((Double(margin) / 2).rounded(.toNearestOrEven)) : -(-margin / 2)
        }
    }
}
