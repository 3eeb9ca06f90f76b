/// The look of figures: the viewer's light theme.
public enum FigureStyle {
    /// Behind everything.
    public static let surface = Colour(0xfbfbfa)
    /// Hairlines.
    public static let line = Colour(0xdedcd8)
    /// Letters.
    public static let text = Colour(0x1d1f21)
    /// Letters of less weight.
    public static let muted = Colour(0x5d6064)
    /// A value that is none.
    public static let missing = Colour(0xd9d7d2)
    /// The strokes over a value that is none.
    static let hatch = Colour(0xb9b6b0)
    /// The patch that looks.
    public static let query = Colour(0x007f73)
    /// The patch that is looked at.
    public static let key = Colour(0xff69b4)
    /// From the border to what is drawn.
    static let margin = 16
}
