/// The bounds a request is held to, all in bytes where not said otherwise.
public struct HTTPLimits: Sendable, Equatable {
    /// The method; a longer one is none that anybody implements (501).
    public var method = 32
    /// The request target (414).
    public var target = 8 * 1024
    /// All field lines of a head with their line ends and the empty line that closes them (431).
    public var headerSection = 32 * 1024
    /// Field lines of a head (431).
    public var headerFields = 100
    /// The body, whether declared or sent in chunks, as it comes off the wire (413).
    public var body = 256 * 1024 * 1024
    /// The extensions of one chunk (400).
    public var chunkExtension = 256
    /// The extensions of all chunks of a request (400): otherwise tiny chunks could carry megabytes in them.
    public var chunkExtensions = 16 * 1024
    /// The trailer section (431), counted as the header section is.
    public var trailerSection = 8 * 1024
    /// Field lines in the trailer section (431).
    public var trailerFields = 100

    /// The limits of the contract.
    public init() {}
}
