/// From the least to the greatest of some values; what is no finite number is left out.
struct ValueRange: Sendable, Equatable {
    private(set) var least = Float.infinity
    private(set) var greatest = -Float.infinity

    init() {}

    init(_ values: some Sequence<Float>) {
        for value in values { add(value) }
    }

    var isEmpty: Bool { least > greatest }

    @inline(__always)
    mutating func add(_ value: Float) {
        if value < least && value > -.infinity { least = value }
        if value > greatest && value < .infinity { greatest = value }
    }

    mutating func add(_ other: ValueRange) {
        least = min(least, other.least)
        greatest = max(greatest, other.greatest)
    }

    /// From −m to m, m being the largest magnitude.
    var symmetric: ValueRange {
        isEmpty ? self : ValueRange([-max(-least, greatest), max(-least, greatest)])
    }

    /// The place of a value between least (0) and greatest (1); NaN for what is none; where all are equal, 0.
    @inline(__always)
    func share(_ value: Float) -> Float {
        guard value.isFinite else { return .nan }
        // Halves, so that the distance from the least number to the greatest does not overflow.
        let extent = greatest / 2 - least / 2
        return extent > 0 ? (value / 2 - least / 2) / extent : 0
    }
}
