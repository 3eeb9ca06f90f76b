public import HookedModels

/// Where a configured model stands.
public enum ModelState: Sendable {
    /// Waiting to be loaded, or being loaded.
    case loading
    /// In memory.
    case loaded(LoadedModel)
    /// Not to be had, and why: a sentence without paths.
    case failed(reason: String)

    /// As `/v1/models` calls it.
    public var name: String {
        switch self {
        case .loading: "loading"
        case .loaded: "loaded"
        case .failed: "failed"
        }
    }
}

/// A model in memory with what identifies its weights.
public struct LoadedModel: Sendable {
    /// Under which it is served.
    public let id: String
    /// The model itself.
    public let model: HookedModel
    /// Bytes of the checkpoint's files.
    public let checkpointBytes: Int
    /// SHA-256 of the weights' files, once it is known.
    public let digest: DigestBox
}
