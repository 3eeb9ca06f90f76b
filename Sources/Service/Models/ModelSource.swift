public import Foundation
public import HookedModels

/// A model as the configuration names it.
public struct ModelSource: Sendable {
    /// Under which it is served: `[A-Za-z0-9._-]{1,128}`.
    public var id: String
    /// A checkpoint's directory or file.
    public var path: URL
    /// What the checkpoint itself does not tell.
    public var options: ModelOptions

    /// A model that is loaded from `path` when the server starts.
    public init(id: String, path: URL, options: ModelOptions = ModelOptions()) {
        self.id = id
        self.path = path
        self.options = options
    }
}
