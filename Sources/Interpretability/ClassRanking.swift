internal import Foundation

/// The classes of one row of logits, best first: by falling logit, equal ones by rising number. A row for which softmax has
/// no value, for it holds what is no number or nothing but the infinite, has no order and no best class.
public struct ClassRanking: Sendable {
    /// One class with what the model says of it.
    public struct Score: Sendable, Equatable {
        /// Its number.
        public let index: Int
        /// As computed.
        public let logit: Float
        /// Softmax's value, over all classes.
        public let probability: Double
    }

    private let logits: [Float]
    private let largest: Double
    /// Σ e^(logit − largest)
    private let sum: Double

    /// Of all classes.
    public init(_ logits: [Float]) {
        self.logits = logits
        let largest = Double(logits.lazy.filter { !$0.isNaN }.max() ?? 0)
        self.largest = largest
        sum = logits.reduce(0) { $0 + exp(Double($1) - largest) }
    }

    /// Whether softmax has a value, and the classes an order.
    public var isDefined: Bool { sum.isFinite }

    /// Softmax's value at a class.
    public func probability(_ index: Int) -> Double { exp(Double(logits[index]) - largest) / sum }

    /// How many classes come before this one; 0 for the best; `nil` where there is no order.
    public func rank(of index: Int) -> Int? {
        guard isDefined else { return nil }
        let own = logits[index]
        return logits.indices.reduce(0) { count, other in
            let logit = logits[other]
            return count + (logit > own || (logit == own && other < index) ? 1 : 0)
        }
    }

    /// The first `count` classes; none where there is no order.
    public func top(_ count: Int) -> [Score] {
        guard isDefined else { return [] }
        return best(min(count, logits.count)).map {
            Score(index: $0, logit: logits[$0], probability: probability($0))
        }
    }

    /// A few are gathered in one pass, which costs less than sorting all.
    private func best(_ count: Int) -> [Int] {
        guard count > 0 else { return [] }
        if count > 16 {
            return Array(logits.indices.sorted { (logits[$0], -$0) > (logits[$1], -$1) }.prefix(count))
        }
        var best: [Int] = []
        for index in logits.indices {
            let own = logits[index]
            if best.count == count, let last = best.last, logits[last] >= own { continue }
            let place = best.firstIndex { logits[$0] < own } ?? best.count
            best.insert(index, at: place)
            if best.count > count { best.removeLast() }
        }
        return best
    }
}
