/// What the application takes of one request.
public struct WebLimits: Sendable, Equatable {
    /// Bytes of a body, content coding undone.
    public var body = 256 << 20
    /// Parts of a multipart body.
    public var parts = 1_024
    /// Bytes of a response above which gzip is worth its while.
    public var compressAbove = 1_024

    /// The defaults.
    public init() {}
}
