internal import Foundation

/// The classes of one row of logits, best first: by falling logit, equal ones by rising number, what is no number last.
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

    /// Softmax's value at a class.
    public func probability(_ index: Int) -> Double { exp(Double(logits[index]) - largest) / sum }

    /// How many classes come before this one; 0 for the best.
    public func rank(of index: Int) -> Int {
        let own = key(index)
        return logits.indices.reduce(0) { count, other in
            let key = key(other)
            return count + (key > own || (key == own && other < index) ? 1 : 0)
        }
    }

    /// The first `count` classes.
    public func top(_ count: Int) -> [Score] {
        best(min(count, logits.count)).map {
            Score(index: $0, logit: logits[$0], probability: probability($0))
        }
    }

    private func key(_ index: Int) -> Float { logits[index].isNaN ? -.infinity : logits[index] }

    /// A few are gathered in one pass, which costs less than sorting all.
    private func best(_ count: Int) -> [Int] {
        guard count > 0 else { return [] }
        if count > 16 {
            let keys = logits.indices.map(key)
            return Array(logits.indices.sorted { (keys[$0], -$0) > (keys[$1], -$1) }.prefix(count))
        }
        var best: [Int] = []
        for index in logits.indices {
            let own = key(index)
            if best.count == count, let last = best.last, key(last) >= own { continue }
            let place = best.firstIndex { key($0) < own } ?? best.count
            best.insert(index, at: place)
            if best.count > count { best.removeLast() }
        }
        return best
    }
}
