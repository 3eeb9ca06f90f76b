/// How the norm that follows a stream is carried over to its parts. Both divide by the scale that the norm had for the
/// whole stream, so that they are linear.
public enum StackNorm: String, Sendable, CaseIterable {
    /// Centred, over the scale, times the norm's weight; its bias is a part of its own. The parts add up to what the norm
    /// gives.
    case exact
    /// ViT-Prisma's: neither weight nor bias, which is the same where they have been folded into what follows.
    case prisma
}
