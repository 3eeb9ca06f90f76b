/// What is done with the orientation that a camera wrote beside the pixels.
public enum ExifHandling: String, Sendable, CaseIterable {
    /// The picture is turned upright.
    case apply
    /// The pixels stay as stored.
    case ignore
}
