internal import Checkpoints

/// A tensor of a checkpoint beside what its axes mean.
struct SizedTensor: Sendable {
    /// What an axis is as long as.
    enum Axis: Sendable, Equatable {
        case dimension(Dimension)
        /// Not known before, but some whole number of it.
        case multiple(of: Dimension)
        case any
    }

    /// In full.
    let name: String
    /// As it is in the checkpoint.
    let shape: [Int]
    let axes: [Axis]
    /// Libraries store rows with one or more axes of one in front, and a single row as a vector.
    let isRows: Bool

    /// The lengths of ``axes``; `nil` where the tensor has other axes than it should.
    var lengths: [Int]? {
        guard isRows else { return shape.count == axes.count ? shape : nil }
        if shape.count == 1 { return [1] + shape }
        return shape.count >= 2 && shape.dropLast(2).allSatisfy { $0 == 1 } ? Array(shape.suffix(2)) : nil
    }

    /// What the tensor says of a dimension; `nil` where it says nothing.
    func length(of dimension: Dimension) -> Int? {
        guard let lengths else { return nil }
        return zip(axes, lengths).first { $0.0 == .dimension(dimension) }?.1
    }

    /// The first of its dimensions that is known to be another.
    func contradiction(to known: [Dimension: Int]) -> (dimension: Dimension, known: Int)? {
        for (axis, length) in zip(axes, lengths ?? []) {
            switch axis {
            case .dimension(let dimension):
                if let value = known[dimension], value != length { return (dimension, value) }
            case .multiple(let dimension):
                if let value = known[dimension], !length.isMultiple(of: value) { return (dimension, value) }
            case .any: break
            }
        }
        return nil
    }
}
