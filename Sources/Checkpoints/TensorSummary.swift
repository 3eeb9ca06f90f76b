/// One line of an inspection: what a tensor is, and two sums that tell whether it is the right one.
public struct TensorSummary: Sendable, Equatable {
    /// Without the wrapper that some training loops leave in the names.
    public var name: String
    /// As PyTorch calls it: `float32`, `bfloat16`, `int64` …
    public var datatype: String
    /// Empty for a scalar.
    public var shape: [Int]
    /// In float64; `nil` where it is not finite, or was not asked for.
    public var sum: Double?
    /// Likewise, of the absolute values.
    public var absSum: Double?
}

extension TensorSource {
    /// Every tensor, in the order of the file.
    /// - Parameter checksums: whether the tensors are read for their sums.
    public func summaries(checksums: Bool) throws(CheckpointError) -> [TensorSummary] {
        let prefix = wrapperPrefix
        var summaries: [TensorSummary] = []
        for entry in entries {
            var summary = TensorSummary(
                name: String(entry.name.dropFirst(prefix.count)), datatype: entry.type.torchName, shape: entry.shape)
            if checksums {
                let sums = try sums(of: entry)
                summary.sum = sums.plain.isFinite ? sums.plain : nil
                summary.absSum = sums.absolute.isFinite ? sums.absolute : nil
            }
            summaries.append(summary)
        }
        return summaries
    }

    /// `module.`, which PyTorch's parallel wrappers put before every name; empty unless every name has it.
    private var wrapperPrefix: String {
        let prefix = "module."
        return !entries.isEmpty && entries.allSatisfy { $0.name.hasPrefix(prefix) } ? prefix : ""
    }

    private func sums(of entry: TensorEntry) throws(CheckpointError) -> (plain: Double, absolute: Double) {
        try withBytes(of: entry) { (bytes) throws(CheckpointError) in
            var (plain, absolute) = (0.0, 0.0)
            ElementConversion.forEach(bytes, entry.type) {
                plain += $0
                absolute += abs($0)
            }
            return (plain, absolute)
        }
    }
}
