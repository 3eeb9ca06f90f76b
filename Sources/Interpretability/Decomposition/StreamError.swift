/// Why a stream cannot be taken apart as it was asked for.
public enum StreamError: Error, Sendable, Equatable {
    /// An activation that was not recorded.
    case missing(hook: String)
    /// One that was recorded in part, where the whole of each position is needed.
    case partial(hook: String, shape: [Int], expected: [Int])
    /// A position that was not recorded.
    case unrecordedPosition(Int)
    /// A layer that the model does not have.
    case layerOutOfRange(Int, layers: Int)
    /// What cannot be, as a sentence without its full stop.
    case refused(String, about: Subject)

    /// What of a wish an error is about.
    public enum Subject: Sendable {
        /// None of it: this kind of model does not allow it at all.
        case model
        case metric, axis, layer, mlpInput, position, norm, hook, analysis
    }
}
