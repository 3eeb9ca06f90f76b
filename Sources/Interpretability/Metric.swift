internal import Foundation
public import Tensors

/// One number that a model's output is boiled down to, and its derivative: what patching, ablation and attribution are
/// asked about. Computed in float64.
public struct Metric: Sendable {
    /// What is measured.
    public enum Kind: String, CaseIterable, Sendable {
        /// The logit of one class.
        case logit
        /// Its share of the softmax over all classes.
        case probability
        /// The logarithm of that, in nats.
        case logProbability = "log_probability"
        /// The first class's logit less the second's.
        case logitDifference = "logit_difference"
        /// Cross-entropy against one class, in nats.
        case loss
        /// Kullback–Leibler divergence from the reference's distribution to this one's, in nats.
        case kl
        /// Cosine between the output and the reference's.
        case cosine

        /// How many classes it is about.
        public var classCount: Int {
            switch self {
            case .logit, .probability, .logProbability, .loss: 1
            case .logitDifference: 2
            case .kl, .cosine: 0
            }
        }

        /// Whether it compares with the output of another run.
        public var needsReference: Bool { classCount == 0 }
    }

    /// What is measured.
    public let kind: Kind
    /// As many as ``Kind/classCount``.
    public let classes: [Int]
    /// The row of an output that has one a position.
    public let position: Int?
    /// What the classes are, where the output is a place in a space that it shares with texts.
    public let reading: TextReading?

    /// - Parameter position: needed for an output of several rows, [position, class].
    /// - Precondition: as many classes as the kind is about.
    public init(_ kind: Kind, classes: [Int] = [], position: Int? = nil, reading: TextReading? = nil) {
        precondition(classes.count == kind.classCount, "\(kind.rawValue) of \(classes.count) classes")
        self.kind = kind
        self.classes = classes
        self.position = position
        self.reading = reading
    }

    /// - Parameters:
    ///   - output: of one input: [class], or [position, class] where ``position`` chooses the row.
    ///   - reference: the output of another run, of the same shape, for the kinds that compare.
    public func callAsFunction(_ output: Tensor, reference: Tensor? = nil) -> Double {
        let logits = logits(output)
        switch kind {
        case .logit: return logits[classes[0]]
        case .probability: return softmax(logits)[classes[0]]
        case .logProbability: return logProbability(logits, classes[0])
        case .logitDifference: return logits[classes[0]] - logits[classes[1]]
        case .loss: return -logProbability(logits, classes[0])
        case .kl:
            let truth = needed(reference)
            return softmax(truth).enumerated().reduce(0) { sum, entry in
                guard entry.element > 0 else { return sum }
                let (p, q) = (logProbability(truth, entry.offset), logProbability(logits, entry.offset))
                return sum + entry.element * (p - q)
            }
        case .cosine:
            let truth = needed(reference)
            return dot(logits, truth) / (length(logits) * length(truth))
        }
    }

    /// The derivative by each element of the output, in the output's shape.
    public func gradient(_ output: Tensor, reference: Tensor? = nil) -> Tensor {
        let logits = logits(output)
        var slope: [Double]
        switch kind {
        case .logit:
            slope = zeros(logits)
            slope[classes[0]] = 1
        case .logitDifference:
            slope = zeros(logits)
            slope[classes[0]] += 1
            slope[classes[1]] -= 1
        case .probability:
            let p = softmax(logits)
            slope = p.map { -$0 * p[classes[0]] }
            slope[classes[0]] += p[classes[0]]
        case .logProbability, .loss:
            slope = softmax(logits).map { -$0 }
            slope[classes[0]] += 1
            if kind == .loss { slope = slope.map { -$0 } }
        case .kl:
            slope = zip(softmax(logits), softmax(needed(reference))).map { $0 - $1 }
        case .cosine:
            let truth = needed(reference)
            let (a, b) = (length(logits), length(truth))
            let cosine = dot(logits, truth) / (a * b)
            slope = zip(logits, truth).map { $1 / (a * b) - cosine * $0 / (a * a) }
        }
        return spread(reading?.gradient(slope, at: row(output)) ?? slope, output.shape)
    }

    /// The class that the output says, and the metric's own reading of it: [class] in float64.
    public func logits(_ output: Tensor) -> [Double] {
        let row = row(output)
        return reading?(row) ?? row
    }

    /// The index of the largest logit; of equals the first.
    public func answer(_ output: Tensor) -> Int {
        let logits = logits(output)
        return logits.indices.reduce(0) { logits[$1] > logits[$0] ? $1 : $0 }
    }

    private func needed(_ reference: Tensor?) -> [Double] {
        guard let reference else { preconditionFailure("\(kind.rawValue) compares with a reference") }
        return logits(reference)
    }

    private func row(_ output: Tensor) -> [Double] {
        guard let position else { return output.elements.map(Double.init) }
        precondition(output.rank == 2 && position < output.shape[0], "row \(position) of \(output.shape)")
        return output.row(position).elements.map(Double.init)
    }

    private func spread(_ slope: [Double], _ shape: [Int]) -> Tensor {
        let start = (position ?? 0) * slope.count
        return Tensor(shape: shape) { target in
            for index in target.indices {
                let inside = index >= start && index < start + slope.count
                target[index] = inside ? Float(slope[index - start]) : 0
            }
        }
    }

    private func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

    private func length(_ x: [Double]) -> Double { dot(x, x).squareRoot() }

    private func zeros(_ like: [Double]) -> [Double] { Array(repeating: 0, count: like.count) }

    private func softmax(_ x: [Double]) -> [Double] {
        let largest = x.max() ?? 0
        let powers = x.map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    private func logProbability(_ x: [Double], _ index: Int) -> Double {
        let largest = x.max() ?? 0
        return x[index] - largest - log(x.reduce(0) { $0 + exp($1 - largest) })
    }
}
