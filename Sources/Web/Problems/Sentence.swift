extension StringProtocol {
    /// The same with its first letter as a capital: errors describe themselves in half a sentence.
    public var capitalizedAtStart: String { prefix(1).uppercased() + dropFirst() }
}
