public import Tensors

/// What texts make of a place in the space that they share with pictures: cosines with their directions, times a scale
/// (Radford et al. 2021, arXiv:2103.00020). In float64, with its derivative.
public struct TextReading: Sendable {
    /// The texts.
    public let labels: [String]
    /// [class, d]: unit directions times the scale.
    public let directions: Tensor

    /// - Parameter directions: [class, d], of unit length times what a cosine is multiplied with.
    public init(labels: [String], directions: Tensor) {
        precondition(
            directions.rank == 2 && directions.shape[0] == labels.count,
            "directions of \(directions.shape) for \(labels.count) texts: expected [class, d]")
        self.labels = labels
        self.directions = directions
    }

    /// [d] → [class].
    func callAsFunction(_ embedding: [Double]) -> [Double] {
        let length = self.length(of: embedding)
        return rows.map { row in zip(row, embedding).reduce(0) { $0 + Double($1.0) * $1.1 } / length }
    }

    /// The derivative by the embedding, given the one by the logits: [class] → [d].
    func gradient(_ slope: [Double], at embedding: [Double]) -> [Double] {
        let length = self.length(of: embedding)
        var byUnit = [Double](repeating: 0, count: embedding.count)
        for (row, factor) in zip(rows, slope) where factor != 0 {
            for index in byUnit.indices { byUnit[index] += factor * Double(row[index]) }
        }
        // x/|x| only turns: what points along x is lost.
        let along = zip(byUnit, embedding).reduce(0) { $0 + $1.0 * $1.1 } / (length * length)
        return zip(byUnit, embedding).map { ($0 - along * $1) / length }
    }

    private func length(of embedding: [Double]) -> Double {
        max(embedding.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
    }

    private var rows: [[Float]] { (0..<directions.shape[0]).map { directions.row($0).elements } }
}
