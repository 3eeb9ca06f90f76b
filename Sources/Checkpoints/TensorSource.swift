public import Tensors

/// Where tensors come from: one safetensors file, or any other format that can show a tensor's bytes.
public protocol TensorSource: Sendable {
    /// What error messages call it: the last component of a path.
    var name: String { get }
    /// The tensors, in the order of the file. Names are unique.
    var entries: [TensorEntry] { get }

    /// Lends the elements of one of ``entries``: row-major, little-endian, without gaps, at any alignment.
    func withBytes<Result>(
        of entry: TensorEntry, _ body: (Span<UInt8>) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result

    /// Gives memory that can be read again back to the system.
    func releasePages()
}

extension TensorSource {
    /// Nothing, where the memory cannot be read again.
    public func releasePages() {}

    /// One of ``entries`` as float32, converted from whatever type it has.
    public func tensor(_ entry: TensorEntry) throws(CheckpointError) -> Tensor {
        try withBytes(of: entry) { (bytes) throws(CheckpointError) in
            Tensor(shape: entry.shape) { ElementConversion.convert(bytes, entry.type, to: &$0) }
        }
    }

    /// The tensor of that name as float32.
    /// - Throws: where it is missing, with the nearest names that exist; what reading throws.
    public func tensor(named name: String) throws(CheckpointError) -> Tensor {
        guard let entry = entries.first(where: { $0.name == name }) else {
            let nearest = NearestNames.of(name, in: entries.lazy.map(\.name))
            throw CheckpointError(self.name, .missingTensor(name: name, nearest: nearest))
        }
        return try tensor(entry)
    }
}
