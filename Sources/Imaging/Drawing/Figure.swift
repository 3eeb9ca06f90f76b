/// Why a figure is not drawn.
public enum FigureError: Error, Sendable, Equatable, CustomStringConvertible {
    /// More pixels than `limit`.
    case tooLarge(width: Int, height: Int, limit: Int)

    /// The sentence.
    public var description: String {
        switch self {
        case .tooLarge(let width, let height, let limit):
            "the figure would have \(width) × \(height) pixels, more than the limit of \(limit); "
                + "ask for fewer layers, heads or positions, or for smaller cells"
        }
    }
}

/// A picture of results: plain values and labels in, pixels out. It knows nothing of models.
public protocol Figure: Sendable {
    /// Draws it.
    /// - Parameter limit: the most pixels that it may have.
    func draw(limit: Int) throws(FigureError) -> Canvas
}

extension Figure {
    /// Draws it with at most sixteen megapixels.
    public func draw() throws(FigureError) -> Canvas { try draw(limit: 16_000_000) }

    /// An empty canvas of this size.
    static func canvas(width: Int, height: Int, limit: Int) throws(FigureError) -> Canvas {
        guard width <= 65_535, height <= 65_535, width * height <= limit else {
            throw .tooLarge(width: width, height: height, limit: limit)
        }
        return Canvas(width: width, height: height, colour: FigureStyle.surface)
    }
}
