/// Colours for kinds: any number of them, the first eight for colour-blind eyes.
public enum CategoryColours {
    /// Okabe and Ito's palette, its black made grey (https://jfly.uni-koeln.de/color/).
    private static let first: [Colour] = [
        0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xd55e00, 0xf0e442, 0x4d4d4d,
    ].map { Colour($0) }

    /// The colour of category `index`. From the ninth on hues go round by the golden angle, so that each lies in the
    /// widest gap that those before it left, and lightness goes through three steps.
    /// - Precondition: `index` is not negative.
    public static func colour(_ index: Int) -> Colour {
        precondition(index >= 0, "category \(index)")
        if index < first.count { return first[index] }
        let turn = index - first.count
        let angle = Double(turn % 100_000) * 2.399963229728653 + 0.4
        return Colour(
            lightness: [0.62, 0.76, 0.48][turn % 3], chroma: turn / 3 % 2 == 0 ? 0.16 : 0.10,
            cosine: Math.cosine(angle), sine: Math.sine(angle))
    }
}
