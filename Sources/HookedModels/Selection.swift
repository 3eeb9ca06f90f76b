internal import Tensors

/// Which part of an activation is kept. Axes always stay: one chosen position gives an axis of length one.
public struct Selection: Sendable, Hashable {
    /// Positions of the activation's own position axis (of a pattern: the queries).
    public var positions: Positions
    /// `nil` for all.
    public var heads: [Int]?
    /// Of a pattern or its scores, the positions that are looked at; `nil` for all.
    public var keys: [Int]?
    /// `nil` for all.
    public var features: [Int]?
    /// What becomes of the positions; `nil` for themselves.
    public var reduction: Reduction?

    /// Which positions.
    public enum Positions: Sendable, Hashable {
        case all
        /// The class token.
        case cls
        /// Every position but the class token.
        case patches
        /// Chosen ones, in this order; negative ones count from the end.
        case indices([Int])
    }

    /// What becomes of the positions that were chosen.
    public enum Reduction: String, Sendable, Hashable, CaseIterable {
        case mean
        /// The Euclidean norm.
        case norm
        case max
    }

    /// Everything but what is given.
    public init(
        positions: Positions = .all, heads: [Int]? = nil, keys: [Int]? = nil, features: [Int]? = nil,
        reduction: Reduction? = nil
    ) {
        self.positions = positions
        self.heads = heads
        self.keys = keys
        self.features = features
        self.reduction = reduction
    }

    /// The whole activation.
    public static let all = Selection()
}

/// A selection made definite for one hook: indices along axes, checked against its shape.
struct ResolvedSelection: Sendable {
    /// Per axis after the first: the indices kept, `nil` for all.
    let kept: [[Int]?]
    /// The axis that is reduced, counted with the first axis.
    let reducedAxis: Int?
    let reduction: Selection.Reduction?
    /// The shape for one input that results.
    let shape: [Int]

    var isEverything: Bool { reduction == nil && kept.allSatisfy { $0 == nil } }

    /// Applies to an activation [inputs, ...].
    func callAsFunction(_ activation: Tensor) -> Tensor {
        var result = activation
        for (axis, indices) in kept.enumerated() {
            guard let indices else { continue }
            let isRun = zip(indices, indices.dropFirst()).allSatisfy { $1 == $0 + 1 }
            if let first = indices.first, isRun {
                result = result.slice(axis: axis + 1, first..<(first + indices.count))
            } else if indices.isEmpty {
                result = result.slice(axis: axis + 1, 0..<0)
            } else {
                result = result.gathered(axis: axis + 1, indices)
            }
        }
        if let reduction, let reducedAxis { result = result.reduced(reduction, over: reducedAxis) }
        return result
    }
}

extension Tensor {
    /// Reduces one axis to length one.
    fileprivate func reduced(_ reduction: Selection.Reduction, over axis: Int) -> Tensor {
        let extent = shape[axis]
        let inner = shape[(axis + 1)...].reduce(1, *)
        var shape = shape
        shape[axis] = 1
        return Tensor(shape: shape) { target in
            withSpan { source in
                for index in target.indices {
                    let start = index / inner * inner * extent + index % inner
                    var sum = 0.0
                    var largest = -Float.infinity
                    for step in 0..<extent {
                        let value = source[start + step * inner]
                        // What is no number shows, as it does in the sums.
                        if value > largest || value.isNaN { largest = value }
                        sum += reduction == .norm ? Double(value) * Double(value) : Double(value)
                    }
                    target[index] =
                        switch reduction {
                        case .mean: Float(sum / Double(extent))
                        case .norm: Float(sum.squareRoot())
                        case .max: largest
                        }
                }
            }
        }
    }
}
