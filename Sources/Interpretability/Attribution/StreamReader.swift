internal import Tensors

/// Reads parts of the streams of some inputs by a ``LinearReadout``, with each input's own scales.
struct StreamReader {
    let readout: LinearReadout
    /// [input][read position].
    let factors: [[Double]]

    /// What a part adds to the metric of each input.
    /// - Parameter part: [input, read position, d_model].
    func callAsFunction(_ part: Tensor) -> [Double] { read(part, by: readout.directions, groups: 1).map { $0[0] } }

    /// What each of several groups adds: [input][group].
    /// - Parameters:
    ///   - part: [input, read position, group · width].
    ///   - directions: of each slice, [group · width].
    func read(_ part: Tensor, by directions: [[Double]], groups: Int) -> [[Double]] {
        let (positions, all) = (part.shape[1], part.count / max(part.shape[0] * part.shape[1], 1))
        let width = all / groups
        return part.withSpan { span in
            factors.enumerated().map { input, factors in
                var sums = [Double](repeating: 0, count: groups)
                for (place, factor) in factors.enumerated() {
                    let start = (input * positions + place) * all
                    let direction = directions[readout.places[place].slice]
                    for group in 0..<groups {
                        var sum = 0.0
                        for index in (group * width)..<((group + 1) * width) {
                            sum += Double(span[start + index]) * direction[index]
                        }
                        sums[group] += factor * sum
                    }
                }
                return sums
            }
        }
    }

    /// What a vector that is added at every position adds to the metric of each input.
    func constant(_ vector: [Double]) -> [Double] {
        let products = readout.directions.map { zip(vector, $0).reduce(0) { $0 + $1.0 * $1.1 } }
        return factors.map { factors in
            zip(factors, readout.places).reduce(0) { $0 + $1.0 * products[$1.1.slice] }
        }
    }

    /// What a matrix makes of its rows is read by: matrix · direction, for each slice.
    /// - Parameter matrix: [row, d_model].
    func pulledBack(through matrix: Tensor) -> [[Double]] {
        let width = matrix.shape[1]
        return matrix.withSpan { span in
            readout.directions.map { direction in
                (0..<matrix.shape[0]).map { row in
                    var sum = 0.0
                    for index in 0..<width { sum += Double(span[row * width + index]) * direction[index] }
                    return sum
                }
            }
        }
    }
}
