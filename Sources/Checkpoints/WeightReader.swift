import Synchronization
public import Tensors

/// Reads a model's weights along a dotted path, with the shape checked at each read:
///
///     let layer = reader["encoder"]["layer", 3]
///     let query = try layer.tensor("attention.query.weight", [d, d])     // encoder.layer.3.attention.query.weight
///
/// What was read is remembered, so that ``unused`` names what a checkpoint holds beyond what its model takes.
public struct WeightReader: Sendable {
    private let checkpoint: Checkpoint
    private let prefix: String
    private let log: ReadLog

    private final class ReadLog: Sendable {
        let names = Mutex(Set<String>())
    }

    /// Reads from the top of a checkpoint's names.
    public init(_ checkpoint: Checkpoint) {
        self.init(checkpoint: checkpoint, prefix: "", log: ReadLog())
    }

    private init(checkpoint: Checkpoint, prefix: String, log: ReadLog) {
        self.checkpoint = checkpoint
        self.prefix = prefix
        self.log = log
    }

    /// One or more components deeper.
    public subscript(_ path: String) -> WeightReader {
        WeightReader(checkpoint: checkpoint, prefix: key(path) + ".", log: log)
    }

    /// The element of a list: `reader["layer", 3]` is `layer.3`.
    public subscript(_ path: String, _ index: Int) -> WeightReader { self["\(path).\(index)"] }

    /// Below the first of some prefixes under which `name` exists; at this place itself where it is under none. For
    /// checkpoints that were saved with and without the outer model: `reader.under(["vit", ""], having: "layernorm.weight")`.
    public func under(_ prefixes: [String], having name: String) -> WeightReader {
        for prefix in prefixes {
            let place = prefix.isEmpty ? self : self[prefix]
            if place.contains(name) { return place }
        }
        return self
    }

    /// The full name of a tensor at this place.
    public func key(_ name: String) -> String { prefix + name }

    /// Whether there is such a tensor at this place.
    public func contains(_ name: String) -> Bool { checkpoint.entry(named: key(name)) != nil }

    /// The shape of a tensor, for sizes that no configuration tells. Reading the shape is not reading the tensor.
    public func shape(of name: String) throws(CheckpointError) -> [Int] { try entry(name).shape }

    /// Reads a tensor as float32.
    /// - Throws: where it is missing (with the nearest names that exist), of another shape, or not of numbers.
    public func tensor(_ name: String, _ shape: [Int]) throws(CheckpointError) -> Tensor {
        let entry = try entry(name)
        if entry.shape != shape {
            throw CheckpointError(checkpoint.name, .wrongShape(name: entry.name, expected: shape, found: entry.shape))
        }
        log.names.withLock { _ = $0.insert(entry.name) }
        return try checkpoint.tensor(entry)
    }

    /// The same, or `nil` where there is none: for weights that a variant of the architecture lacks.
    public func tensorIfPresent(_ name: String, _ shape: [Int]) throws(CheckpointError) -> Tensor? {
        contains(name) ? try tensor(name, shape) : nil
    }

    /// Says that a tensor is known and not needed, such as an unused pooler or a stored table of positions.
    public func ignore(_ name: String) {
        log.names.withLock { _ = $0.insert(key(name)) }
    }

    /// The tensors below this place that nobody read, in the order of the file.
    public var unused: [String] {
        let read = log.names.withLock { $0 }
        return checkpoint.entries.map(\.name).filter { $0.hasPrefix(prefix) && !read.contains($0) }
    }

    private func entry(_ name: String) throws(CheckpointError) -> TensorEntry {
        if let entry = checkpoint.entry(named: key(name)) { return entry }
        let nearest = NearestNames.of(key(name), in: checkpoint.entries.lazy.map(\.name))
        throw CheckpointError(checkpoint.name, .missingTensor(name: key(name), nearest: nearest))
    }
}
