public import Imaging

/// What one client may ask for, beyond what HTTP itself bounds. Shown at `GET /v1/limits`.
public struct ServiceLimits: Sendable, Equatable {
    /// Pixels and sides of a picture, before it is decoded.
    public var image = ImageLimits()
    /// Inputs of one request.
    public var inputs = 256
    /// Bytes of all tensors of one answer.
    public var responseTensors = 1 << 30
    /// Requests that wait for the compute lane.
    public var queue = 256
    /// How long a request waits for its answer, unless it says otherwise.
    public var deadline = Duration.seconds(60)
    /// Rows that requests share one forward pass up to.
    public var batchRows = 32
    /// Bytes of all stored caches together.
    public var cacheBytes = 2 << 30
    /// How long a stored cache stays after its last use.
    public var cacheLifetime = Duration.seconds(3_600)
    /// Bytes that the weights of all models may take; four fifths of what the machine, or the container, has.
    public var modelMemory = SystemMemory.bytes / 5 * 4

    /// The limits of the interface's contract.
    public init() {}
}
